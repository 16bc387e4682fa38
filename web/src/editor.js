// The query page's editor: the text area of the page, upgraded. Without this file the page works with the text area alone.
// It lives in a shadow root, so that its styles are constructed sheets of its own and the page's policy stays strict.
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers, highlightActiveLine, drawSelection } from "@codemirror/view";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { StreamLanguage, syntaxHighlighting, HighlightStyle, bracketMatching } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { setDiagnostics } from "@codemirror/lint";
import { tags } from "@lezer/highlight";

const KEY = "kgtool-queries", MOST = 20;
const KEYWORDS = ["SELECT", "WHERE", "FILTER", "OPTIONAL", "UNION", "PREFIX", "ORDER BY", "GROUP BY", "LIMIT", "DISTINCT", "VALUES", "BIND", "MINUS", "EXISTS", "CONSTRUCT", "ASK", "COUNT"];

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--person)", fontWeight: "bold" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--agreement)" },
  { tag: [tags.variableName, tags.atom], color: "var(--visit)" },
  { tag: [tags.url, tags.namespace, tags.standard(tags.variableName)], color: "var(--event)" },
  { tag: tags.comment, color: "var(--ink2)" },
]);
const theme = EditorView.theme({
  "&": { font: ".9rem/1.65 var(--mono)", color: "var(--ink)", backgroundColor: "var(--bg)", border: "1px solid #85909a", borderRadius: "6px" },
  "&.cm-focused": { outline: "3px solid var(--focus)", outlineOffset: "2px" },
  ".cm-content": { caretColor: "var(--ink)", minHeight: "14rem", fontFamily: "var(--mono)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--bg)", color: "var(--ink2)", border: "none" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--ac) 7%, transparent)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--ac) 25%, transparent)" },
  ".cm-tooltip": { backgroundColor: "var(--sf)", color: "var(--ink)", border: "1px solid var(--rule)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--ac)", color: "var(--sf)" },
  ".cm-completionDetail": { color: "inherit", opacity: ".8", fontStyle: "normal" },
});

// The graph's own prefixes, classes and properties with their labels, as the page gives them.
function completions(terms) {
  const options = [
    ...KEYWORDS.map((label) => ({ label, type: "keyword" })),
    ...terms.map(([label, detail, type]) => ({ label, detail, type })),
  ];
  return (context) => {
    const word = context.matchBefore(/[\w:-]+/u);
    return word || context.explicit ? { from: word ? word.from : context.pos, options, validFor: /^[\w:-]*$/u } : null;
  };
}

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEY) || "[]").filter((one) => typeof one === "string");
  } catch {
    return [];
  }
}

function remember(text) {
  try {
    localStorage.setItem(KEY, JSON.stringify([text, ...remembered().filter((one) => one !== text)].slice(0, MOST)));
  } catch {
    // A browser that keeps nothing: no history.
  }
}

function offerHistory(form, label, use) {
  const texts = remembered();
  if (!texts.length) return;
  const wrap = document.createElement("label");
  const select = document.createElement("select");
  wrap.className = "past";
  wrap.append(label, select);
  select.append(new Option("—", ""), ...texts.map((text, number) => new Option(text.replace(/\s+/gu, " ").slice(0, 80), String(number))));
  select.addEventListener("change", () => select.value && use(texts[Number(select.value)]));
  form.querySelector(".acts")?.append(wrap);
}

function start() {
  const area = document.getElementById("q"), form = document.getElementById("sparql");
  const source = document.getElementById("kg-terms");
  if (!area || !form || !source) return;
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const run = () => (form.requestSubmit(), true);
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        lineNumbers(), history(), drawSelection(), highlightActiveLine(), bracketMatching(), StreamLanguage.define(sparql),
        syntaxHighlighting(colours), autocompletion({ override: [completions(JSON.parse(source.textContent))] }),
        keymap.of([{ key: "Mod-Enter", run }, ...completionKeymap, ...defaultKeymap, ...historyKeymap]), theme,
        EditorView.contentAttributes.of({ "aria-label": form.closest("section").querySelector("h2").textContent }),
        EditorView.lineWrapping,
        EditorView.updateListener.of((update) => { if (update.docChanged) area.value = update.state.doc.toString(); }),
      ],
    }),
  });
  const line = Number(area.dataset.line), column = Number(area.dataset.column);
  if (line > 0 && line <= view.state.doc.lines) {
    const at = view.state.doc.line(line), from = Math.min(at.from + Math.max(0, column - 1), at.to);
    const message = document.querySelector("#problem p")?.textContent ?? "";
    view.dispatch(setDiagnostics(view.state, [{ from, to: Math.min(from + 1, view.state.doc.length), severity: "error", message }]));
  }
  form.addEventListener("submit", () => remember(area.value));
  offerHistory(form, source.dataset.history, (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }));
  area.before(host);
  area.hidden = true;
}

start();
