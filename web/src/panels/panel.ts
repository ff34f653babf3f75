// A panel draws one part of the state into the element it was given. It calls actions; it fetches nothing and keeps nothing global.
import type { Actions } from '../actions';
import type { State } from '../store';

export type Render = (state: State) => void;
export type Panel = (root: HTMLElement, actions: Actions) => Render;
