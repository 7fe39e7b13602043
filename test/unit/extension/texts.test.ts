import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const folder = 'src/extension';

/** Literals of a source that read like a text for people, but for those that go into the log. */
function textsIn(path: string): string[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isCallExpression(node) && /(^|\.)log\.\w+$/.test(node.expression.getText())) return;
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) found.push(node.text);
    if (ts.isTemplateExpression(node)) {
      found.push([node.head, ...node.templateSpans.map(({ literal }) => literal)].map(({ text }) => text).join('…'));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found.filter((text) => /[A-Za-z]{2,} [A-Za-z]{2,}/.test(text));
}

/** Not for people in their language: HTML, a shell script, a query of files, lines of the diagnostics. */
const exceptions: Record<string, RegExp> = {
  'pageHtml.ts': /^(<!doctype html>|style-src|default-src)/,
  'terminalCommand.ts': /^(#!\/bin\/sh|@echo|set )/,
  'commands/copyDiagnostics.ts': /^language …, workspace …$/,
};

it('has every text that a person reads in the catalogue', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(20);
  const outside = files.flatMap((name) =>
    textsIn(join(folder, name))
      .filter((text) => !exceptions[name]?.test(text))
      .map((text) => `${name}: ${text}`),
  );
  expect(outside).toEqual([]);
});

it('would see one that is not', () => {
  const file = 'test/unit/extension/texts.test.ts';
  expect(textsIn(file)).toContain('has every text that a person reads in the catalogue');
});
