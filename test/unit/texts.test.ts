import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { sentences } from '../../src/messages/catalog.js';

const root = resolve(__dirname, '../..');

/** Attributes, properties and functions whose strings a person reads. */
const attributes = new Set(['title', 'label', 'placeholder', 'alt', 'aria-label', 'aria-description']);
for (const name of ['aria-roledescription', 'aria-valuetext', 'aria-placeholder']) attributes.add(name);
const properties = new Set(['title', 'label', 'description', 'detail', 'placeHolder', 'prompt', 'tooltip', 'message']);
for (const name of ['openLabel', 'saveLabel', 'textContent', 'innerText', 'ariaLabel', 'text']) properties.add(name);
const functions =
  /^(show(Information|Warning|Error)Message|showQuickPick|showInputBox|setStatusBarMessage|createOutputChannel|report)$/;

/**
 * The texts in a source file that a person would read and that do not come from the catalogue. An id of the catalogue is
 * no text; a single letter, a sign and the product's name are the same in every language.
 */
function untranslated(path: string, source: string): string[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
    for (const text of visibleStrings(node).map(withoutIcons)) {
      if (/\p{L}{2,}/u.test(text) && !(text in sentences) && text.trim() !== 'Tare')
        found.push(`${path}:${line}: ${text.trim()}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function visibleStrings(node: ts.Node): string[] {
  if (ts.isJsxText(node)) return [node.text];
  if (ts.isJsxExpression(node) && node.expression && isChild(node)) return strings(node.expression);
  if (ts.isJsxAttribute(node) && node.initializer && attributes.has(node.name.getText())) {
    const value = node.initializer;
    return strings(ts.isJsxExpression(value) && value.expression ? value.expression : value);
  }
  if (ts.isPropertyAssignment(node) && properties.has(node.name.getText())) return strings(node.initializer);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
    const { left } = node;
    return ts.isPropertyAccessExpression(left) && properties.has(left.name.text) ? strings(node.right) : [];
  }
  if (ts.isCallExpression(node)) {
    const callee = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression;
    return functions.test(callee.getText()) ? node.arguments.flatMap(strings) : [];
  }
  return [];
}

function isChild(expression: ts.JsxExpression): boolean {
  return ts.isJsxElement(expression.parent) || ts.isJsxFragment(expression.parent);
}

/** The literal strings that an expression may evaluate to; what a call returns is not among them. */
function strings(expression: ts.Node): string[] {
  if (ts.isStringLiteralLike(expression)) return [expression.text];
  if (ts.isTemplateExpression(expression)) {
    return [expression.head.text, ...expression.templateSpans.map(({ literal }) => literal.text)];
  }
  if (ts.isParenthesizedExpression(expression)) return strings(expression.expression);
  if (ts.isConditionalExpression(expression))
    return [...strings(expression.whenTrue), ...strings(expression.whenFalse)];
  if (ts.isArrayLiteralExpression(expression)) return expression.elements.flatMap(strings);
  if (ts.isBinaryExpression(expression)) {
    const { left, operatorToken, right } = expression;
    switch (operatorToken.kind) {
      case ts.SyntaxKind.PlusToken:
      case ts.SyntaxKind.BarBarToken:
      case ts.SyntaxKind.QuestionQuestionToken:
        return [...strings(left), ...strings(right)];
      case ts.SyntaxKind.AmpersandAmpersandToken:
        return strings(right);
    }
  }
  return [];
}

/**
 * All literals in a source file that read like a text, wherever they stand, but for those that go into the log: a wider net
 * than `untranslated`, for files that have hardly any.
 */
function sentencesIn(path: string, source: string): string[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isCallExpression(node) && /(^|\.)log\.\w+$/.test(node.expression.getText())) return;
    if (ts.isStringLiteralLike(node)) found.push(node.text);
    if (ts.isTemplateExpression(node)) {
      found.push([node.head, ...node.templateSpans.map(({ literal }) => literal)].map(({ text }) => text).join('…'));
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found.filter((text) => /[A-Za-z]{2,} [A-Za-z]{2,}/.test(text));
}

/** Not for people in their language: HTML, a shell script, lines of the diagnostics. */
const notTranslated: Record<string, RegExp> = {
  'src/extension/pageHtml.ts': /^(<!doctype html>|style-src|default-src)/,
  'src/extension/terminalCommand.ts': /^(#!\/bin\/sh|@echo|set )/,
  'src/extension/commands/copyDiagnostics.ts': /^language …, workspace …$/,
};

function withoutIcons(text: string): string {
  return text.replace(/\$\([\w~-]+\)/g, '');
}

function sources(folder: string): string[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => /\.tsx?$/.test(file)).map((file) => join(folder, file));
}

describe('what a person reads', () => {
  it('comes from the catalogue, in pages and in the extension', () => {
    const files = [...sources('src/extension'), ...sources('webview')];
    expect(files.length).toBeGreaterThan(0);
    expect(files.flatMap((file) => untranslated(file, readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });

  it('is nowhere else in the extension', () => {
    const files = sources('src/extension');
    expect(files.length).toBeGreaterThan(20);
    const outside = files.flatMap((file) =>
      sentencesIn(file, readFileSync(join(root, file), 'utf8'))
        .filter((text) => !notTranslated[file]?.test(text))
        .map((text) => `${file}: ${text}`),
    );
    expect(outside).toEqual([]);
  });

  it.each(["const a = ['Some text']", 'reply(`Some text ${n}`)', 'log(name, "Some text")'])(
    'would be seen there: %s',
    (snippet) => {
      expect(sentencesIn('snippet.ts', snippet).join()).toMatch(/^Some text/);
      expect(sentencesIn('snippet.ts', 'this.log.info(`some text ${n}`)')).toEqual([]);
    },
  );

  it.each([
    '<p>Some text</p>',
    '<p>{"Some text"}</p>',
    '<p>{wide ? `${n} Some text` : t("a.b")}</p>',
    '<p>{empty && "Some text"}</p>',
    '<button title="Some text" />',
    '<button aria-label={"Some text " + name} />',
    '<input placeholder={name ?? "Some text"} />',
    'window.showErrorMessage("Some text")',
    'window.showInformationMessage(t("a.b"), "Some text")',
    'window.withProgress({ title: "Some text" }, run)',
    'progress.report({ message: `Some text ${n}` })',
    'item.tooltip = "Some text"',
    'item.text = `$(sync) Some text`',
    'const pick = { label: "Some text" }',
  ])('is found outside it: %s', (snippet) => {
    expect(untranslated('snippet.tsx', snippet)).toEqual(['snippet.tsx:1: Some text']);
  });

  it.each([
    '<p>{t("a.b")} × {n}</p>',
    '<p class="wide">{n + 1}</p>',
    '<button title={t("a.b")} aria-label={wide ? t("a.b") : t("a.c")} />',
    'window.showErrorMessage(t("a.b"), { modal: true })',
    'item.text = `$(sync~spin) ${t("a.b")}`',
    'const id = { name: "tare.compress" }',
  ])('is not found in what comes from it: %s', (snippet) => {
    expect(untranslated('snippet.tsx', snippet)).toEqual([]);
  });
});

describe('the manifest', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const texts = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')) as Record<string, unknown>;
  const read = new Set(['displayName', 'title', 'shortTitle', 'category', 'description', 'markdownDescription']);
  for (const name of ['name', 'contents', 'label', 'enumDescriptions', 'markdownEnumDescriptions', 'altText']) {
    read.add(name);
  }

  /** Every string that VS Code shows to a person. */
  function shown(value: unknown, key = ''): string[] {
    if (typeof value === 'string') return read.has(key) ? [value] : [];
    if (Array.isArray(value)) return value.flatMap((item) => shown(item, key));
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([name, inner]) => shown(inner, name));
  }

  const { displayName, description, contributes, capabilities } = manifest;
  const strings = shown({ displayName, description, contributes, capabilities });

  it('names its texts by key', () => {
    expect(strings.length).toBeGreaterThan(10);
    expect(strings.filter((text) => !/^%[\w.]+%$/.test(text))).toEqual([]);
  });

  it('has each key once in package.nls.json, and no other', () => {
    const used = strings.map((text) => text.slice(1, -1));
    expect([...new Set(used)].sort()).toEqual(Object.keys(texts).sort());
    expect(Object.values(texts).every((text) => typeof text === 'string' && text !== '')).toBe(true);
  });
});
