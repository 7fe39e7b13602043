import * as vscode from 'vscode';
import { modelViewType } from '../modelEditor.js';
import { t } from '../translate.js';

/** *Tare: Open .onnx Files with Tare*: for a person who has several viewers and is asked each time. */
export async function associate(): Promise<void> {
  const workbench = vscode.workspace.getConfiguration('workbench');
  const associations = workbench.inspect<Record<string, string>>('editorAssociations')?.globalValue ?? {};
  const updated = { ...associations, '*.onnx': modelViewType };
  await workbench.update('editorAssociations', updated, vscode.ConfigurationTarget.Global);
  vscode.window.setStatusBarMessage(t('extension.associated'), 5000);
}
