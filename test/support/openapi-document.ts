import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Answer } from './api-client.js';

/** As much of one operation of an OpenAPI 3.1 document as the tests read. */
export interface Operation {
  readonly summary: string;
  readonly security?: object[];
  readonly requestBody?: object;
  readonly responses: Record<
    string,
    { description: string; content?: Record<string, { schema: object }> }
  >;
}

/** As much of an OpenAPI 3.1 document. */
export interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: object; securitySchemes: Record<string, object> };
}

/** Holds answers against the document that describes them. */
export class DocumentedAnswers {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor(private readonly document: OpenApiDocument) {
    addFormats.default(this.ajv);
    this.ajv.addSchema(document, 'api');
  }

  /** Whether the answer is one that the operation is described with; what is wrong with it, if not. */
  problemsOf(name: string, answer: Answer): string[] {
    const [method, path] = name.split(' ') as [string, string];
    const { responses } = this.document.paths[path]![method.toLowerCase()]!;
    const described = String(answer.status) in responses ? String(answer.status) : 'default';
    const content = responses[described]?.content;
    if (!content)
      return answer.body === '' ? [] : [`${described} has a body that is not described`];
    const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
    if (!content[type]) return [`${described} is described, but not as ${type}`];
    const pointer = ['paths', path, method.toLowerCase(), 'responses', described, 'content', type];
    const escaped = pointer.map((key) => key.replaceAll('~', '~0').replaceAll('/', '~1'));
    const validate = this.ajv.compile({
      $ref: `api#/${escaped.map((key) => encodeURIComponent(key)).join('/')}/schema`,
    });
    if (validate(answer.body)) return [];
    return validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
  }
}
