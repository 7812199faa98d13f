// The form of a playground page: sends the reader's texts to Python, shows what comes back.

const MISSING =
  "Nothing can run here: this copy of the pages was built without Python for the browser, or is " +
  "not read from a server. tools/fetch-playground fetches it; then: " +
  "python -m http.server -d docs/_build";

class Playground {
  constructor(element) {
    this.state = element.querySelector(".state");
    this.root = new URL(element.dataset.root, document.baseURI);
    this.examples = [...element.querySelectorAll(".example")];
    this.examples.forEach((example, number) => this.listen(example, number));
    this.start();
  }

  listen(example, number) {
    const code = example.querySelector("textarea");
    example.querySelector(".run").addEventListener("click", () => this.run(number));
    example.querySelector(".undo").addEventListener("click", () => {
      code.value = code.defaultValue;
      code.dispatchEvent(new Event("input"));
    });
    code.addEventListener("input", () => {
      example.querySelector(".undo").disabled = code.value === code.defaultValue;
      code.rows = code.value.split("\n").length;
    });
    code.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.run(number);
    });
  }

  start() {
    this.say("Python is being loaded ...");
    const script = new URL("_static/playground-worker.mjs", this.root);
    try {
      this.worker = new Worker(script, { type: "module" });
    } catch {
      this.say(MISSING); // a page that is read from a file has no workers
      return;
    }
    this.worker.onmessage = ({ data }) => this.heard(data);
    this.worker.onerror = () => this.say(MISSING);
  }

  heard({ ready, failed, told }) {
    if (failed) {
      this.say(this.ready ? failed : `${MISSING} (${failed})`);
      return;
    }
    if (ready) this.ready = true;
    if (told) told.forEach((answer, number) => this.show(this.examples[number], answer));
    const wrong = told?.findIndex((answer) => answer.error) ?? -1;
    if (wrong >= 0) this.say(`An error in "${this.named(wrong)}".`);
    else this.say(told ? "Done." : "Ready. Ctrl+Enter runs as well.");
    this.wait(false);
  }

  run(last) {
    if (this.running) {
      this.worker.terminate();
      this.wait(false, true);
      this.ready = false;
      this.start();
      return;
    }
    if (!this.ready) return;
    for (const example of this.examples) this.show(example, { out: "", error: "", pictures: [] });
    this.say("Running ...");
    this.wait(true);
    const codes = this.examples.slice(0, last + 1);
    this.worker.postMessage(codes.map((example) => example.querySelector("textarea").value));
  }

  show(example, { out, error, pictures }) {
    for (const [name, text] of Object.entries({ out, error })) {
      const place = example.querySelector(`.${name}`);
      place.textContent = text;
      place.hidden = !text;
    }
    // The pictures are made by units.draw, which escapes every name in them.
    example.querySelector(".pictures").innerHTML = pictures
      .map((picture) => `<div class="drawing" tabindex="0">${picture}</div>`)
      .join("");
  }

  wait(running, disabled = false) {
    this.running = running;
    for (const example of this.examples) {
      const button = example.querySelector(".run");
      button.disabled = disabled;
      button.textContent = running ? "Stop" : "Run to here";
    }
  }

  named(number) {
    return this.examples[number].querySelector("h2").textContent;
  }

  say(text) {
    this.state.textContent = text;
  }
}

document.querySelectorAll(".playground").forEach((element) => new Playground(element));
