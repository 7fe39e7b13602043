import * as vscode from 'vscode';

/** Where a question stands in a series. */
export interface Step {
  readonly title: string;
  readonly step: number;
  readonly of: number;
  /** Whether there is a question before, where that is not told by the number. */
  readonly back?: boolean;
}

/** What the person answered; `back` where they want the question before, undefined where they gave up. */
export type Answer<T> = { readonly value: T } | 'back' | undefined;

/** One quick pick of a series. Enter takes the first item. */
export function pickStep<T extends vscode.QuickPickItem>(step: Step, items: readonly T[]): Promise<Answer<T>> {
  const pick = vscode.window.createQuickPick<T>();
  pick.items = items;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  return ask(pick, step, () => pick.selectedItems[0]);
}

/** A text to type, with a value to begin from; `check` gives what is wrong with it, or a warning that does not stop. */
export async function inputStep(
  step: Step,
  value: string,
  check: (value: string) => Promise<vscode.InputBoxValidationMessage | undefined>,
): Promise<Answer<string>> {
  const input = vscode.window.createInputBox();
  input.value = value;
  const dot = value.lastIndexOf('.');
  input.valueSelection = [Math.max(value.lastIndexOf('/'), value.lastIndexOf('\\')) + 1, dot < 0 ? value.length : dot];
  let latest = 0;
  const validate = async () => {
    const current = ++latest;
    const verdict = await check(input.value);
    if (current === latest) input.validationMessage = verdict;
    return verdict?.severity !== vscode.InputBoxValidationSeverity.Error;
  };
  input.onDidChangeValue(validate);
  await validate();
  return ask(input, step, async () => ((await validate()) ? input.value : undefined));
}

/** Shows the box until it is answered, left by *Back*, or closed. An `accept` of undefined keeps it open. */
function ask<T>(
  box: vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox,
  { title, step, of, back = step > 1 }: Step,
  accept: () => T | undefined | Promise<T | undefined>,
): Promise<Answer<T>> {
  box.title = title;
  box.step = step;
  box.totalSteps = of;
  box.ignoreFocusOut = true;
  if (back) box.buttons = [vscode.QuickInputButtons.Back];
  return new Promise<Answer<T>>((resolve) => {
    box.onDidAccept(async () => {
      const value = await accept();
      if (value !== undefined) resolve({ value });
    });
    box.onDidTriggerButton(() => resolve('back'));
    box.onDidHide(() => resolve(undefined));
    box.show();
  }).finally(() => box.dispose());
}
