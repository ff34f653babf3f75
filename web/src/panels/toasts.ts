// Short answers to what the person just did.
import { select } from 'd3';
import type { Toast } from '../store';
import type { Panel } from './panel';

export const toasts: Panel = (root) => (state) => {
  select(root).selectAll<HTMLDivElement, Toast>('div').data(state.toasts, (toast) => toast.id)
    .join('div')
    .attr('class', (toast) => `toast ${toast.kind}`)
    .attr('data-testid', 'toast')
    .attr('role', (toast) => (toast.kind === 'error' ? 'alert' : 'status'))
    .text((toast) => toast.text);
};
