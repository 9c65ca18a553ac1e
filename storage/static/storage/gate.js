// Lets so many acts run at once; the others wait in their order.

export function gate(most) {
  let free = most;
  const waiting = [];
  const enter = () => {
    if (free === 0) return new Promise((resolve) => waiting.push(resolve));
    free -= 1;
    return undefined;
  };
  return async (act) => {
    await enter();
    try {
      return await act();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
