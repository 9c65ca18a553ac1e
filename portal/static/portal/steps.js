// One step of a flow at a time: sections in order, a list of step names, focus on each heading.

export class Steps {
  constructor(root) {
    this.sections = [...root.querySelectorAll("section[data-step]")];
    this.names = [...root.querySelectorAll(".steps li")];
    this.at = 0;
    for (const button of root.querySelectorAll("[data-back]")) {
      button.addEventListener("click", () => this.go(this.at - 1));
    }
    this.draw();
  }

  go(index) {
    this.at = index;
    this.draw();
    const head = this.sections[index].querySelector("h1, h2, h3");
    head.tabIndex = -1;
    head.focus();
  }

  next() {
    this.go(this.at + 1);
  }

  draw() {
    this.sections.forEach((section, index) => {
      section.hidden = index !== this.at;
    });
    this.names.forEach((name, index) => {
      name.classList.toggle("done", index < this.at);
      if (index === this.at) name.setAttribute("aria-current", "step");
      else name.removeAttribute("aria-current");
    });
  }
}
