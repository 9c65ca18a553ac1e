// A place for files: chosen in its field, or dropped on it.

// use(files) gets a list; the same file can be chosen again.
export function onFiles(drop, use) {
  const input = drop.querySelector("input[type=file]");
  input.addEventListener("change", () => {
    use([...input.files]);
    input.value = "";
  });
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    use([...event.dataTransfer.files]);
  });
}
