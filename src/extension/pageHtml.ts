import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** The folder that a page may load from. */
export function pageResources(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
}

/** The shell of a page: only its own script runs, and nothing comes from elsewhere. The toolkit needs inline styles. */
export function pageHtml(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const resource = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(pageResources(extensionUri), name));
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'unsafe-inline'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data: blob:`,
  ].join('; ');
  const context = JSON.stringify({ preventDefaultContextMenuItems: true }).replaceAll('"', '&quot;');
  return `<!doctype html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tare</title>
<link rel="stylesheet" href="${resource('editor.css')}">
</head>
<body data-vscode-context="${context}">
<div id="root"></div>
<script nonce="${nonce}" src="${resource('editor.js')}"></script>
</body>
</html>`;
}
