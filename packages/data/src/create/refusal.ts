/** Whether what failed was certainly not done. */

/**
 * True where nothing was created for certain: the other side has said no, or nothing has reached it. A conflict after several
 * tries proves nothing: the first of them may have created what the last one met.
 */
export async function wasRefused(error: unknown): Promise<boolean> {
  const { classify } = await import('@quality-hub/resilience');
  const { applied, answered, lasting } = classify(error);
  if (applied !== 'no') return false;
  const { attempts, status } = error as { readonly attempts?: number; readonly status?: number };
  if (status === 409 && (attempts ?? 1) > 1) return false;
  // What no classifier knows is told as a mistake of the caller: it may come from after the call.
  return answered || lasting === 'transient';
}
