/** What calls to models count by that are made for one request: told by its route before a model is asked. */

/** A budget of routes; the host's own. */
export interface RouteBudget {
  readonly name: string;
}

export interface Spending {
  /** What budgets of models count by, by their numbers; null: none that may be asked counts by it. */
  keys: readonly (string | null)[];
  /** That hold for this request, whichever model is asked. */
  readonly budgets: { readonly budget: RouteBudget; readonly key: string }[];
}
