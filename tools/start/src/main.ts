import { appCommand, appNames } from './app-command.js';

/** Prints the arguments of Node for the app that is named; tools/start.sh becomes that process. 2 is wrong usage. */
const [app, ...more] = process.argv.slice(2);
const apps = appNames();

if (app === undefined) refuse('name an app');
else if (!apps.includes(app)) refuse(`there is no app '${app}'`);
else if (more.length > 0) refuse(`one app at a time; '${more.join(' ')}' is too much`);
else {
  const { options, program } = appCommand(app, '.');
  console.log([...options, program].join(' '));
}

function refuse(problem: string): void {
  process.stderr.write(
    `${problem}\n\nnpm start <app>\n${apps.map((name) => `  ${name}\n`).join('')}`,
  );
  process.exitCode = 2;
}
