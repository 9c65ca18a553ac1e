// Buttons that work only once a page's script stands: until then a press would be lost.

export function ready(root) {
  for (const button of root.querySelectorAll("[data-waits]")) button.disabled = false;
}
