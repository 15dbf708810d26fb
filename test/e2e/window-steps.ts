/** Steps that several tests take in the window. */
import { fileURLToPath } from 'node:url';
import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

export const sample = fileURLToPath(new URL('../../resources/samples/sakura-2024-05.zip', import.meta.url));

/** The bundle has been read: its case is there, and with it the state of its notes. */
export async function waitUntilRead(window: Page): Promise<void> {
  await expect(window.getByRole('region', { name: /^(?:Triage|トリアージ)$/u })).toBeVisible();
  await expect(window.getByRole('status', { name: /^(?:Reading|Checking)|読み込み中|検査中/u })).toHaveCount(
    0,
  );
  await expect(window.getByRole('button', { name: /^(?:Export PDF…|PDF に書き出す…)$/u })).toBeEnabled();
}

/** Presses F8 until the inspector shows a finding of this rule. */
export async function walkToRule(window: Page, rule: string): Promise<Locator> {
  const inspector = window.getByRole('region', { name: /^(?:Inspector|詳細)$/u });
  const findings = window.getByRole('region', { name: /^(?:Findings|所見)$/u });
  for (let step = 1; step <= 200; step += 1) {
    await window.keyboard.press('F8');
    await expect(findings.locator('[aria-current="true"]')).toBeVisible();
    const position = findings.getByText(new RegExp(`^${step} of |件中 ${step}$`, 'u'));
    await expect(position).toBeVisible();
    const title = await findings.locator('[aria-current="true"] .finding-title').innerText();
    await expect(inspector.getByRole('heading', { level: 1 })).toHaveText(title);
    if ((await inspector.getByText(rule, { exact: true }).count()) > 0) return inspector;
  }
  throw new Error(`No finding of ${rule}`);
}
