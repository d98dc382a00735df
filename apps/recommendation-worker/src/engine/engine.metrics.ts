import { metrics } from '@opentelemetry/api';

const meter = metrics.getMeter('usher.recommendation');

/** Once a process. @param version of the catalogue that is ranked by; undefined while there is none */
export function observeCatalogueVersion(version: () => number | undefined): void {
  meter
    .createObservableGauge('usher_catalogue_version', {
      description: 'Version of the catalogue that this process ranks by',
    })
    .addCallback((result) => {
      const current = version();
      if (current !== undefined) result.observe(current);
    });
}
