// Runs tests/hosts/addin/lite_run.py in Pyodide: node lite_in_pyodide.mjs PYODIDE_FOLDER FOLDER RESULT.json
// FOLDER holds what tests/hosts/addin/lite_answers.laid_out wrote; its links are followed when it is read.
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [package_, folder, result] = process.argv.slice(2);
const started = performance.now();
const { loadPyodide } = await import(pathToFileURL(join(package_, "pyodide.mjs")).href);
const pyodide = await loadPyodide({ indexURL: package_ });
const booted = performance.now();

function copied(from, to) {
  pyodide.FS.mkdirTree(to);
  for (const name of readdirSync(from)) {
    const path = join(from, name);
    if (name === "__pycache__") continue;
    if (statSync(path).isDirectory()) copied(path, `${to}/${name}`);
    else pyodide.FS.writeFile(`${to}/${name}`, readFileSync(path));
  }
}
copied(folder, "/lite");
const found = await pyodide.runPythonAsync(`
import json, sys
sys.path.insert(0, "/lite/installed")
import lite_run
json.dumps(lite_run.run("/lite/workbook"))
`);
const boot = (booted - started) / 1000;
writeFileSync(result, JSON.stringify({ ...JSON.parse(found), boot, pyodide: pyodide.version }));
process.exit(0);
