// What the pages can do without, and are a little kinder with.
"use strict";

// A form is sent once: a second press would do it twice.
document.addEventListener("submit", event => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || event.submitter?.formTarget) return; // another tab may be opened again
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const said = button.parentElement.querySelector(".said");
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      said.textContent = "已复制";
    } catch {
      said.textContent = "没有复制成，请手工选中复制";
    }
  });
}

// What an editor types is saved a moment after they stop.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const said = form.querySelector(".saving");
  let due, sending = false, dirty = false;
  const save = async () => {
    if (sending || !dirty) return;
    sending = true;
    dirty = false;
    said.textContent = "正在保存…";
    try {
      const reply = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form)) });
      const data = await reply.json();
      if (reply.ok) {
        form.elements.version.value = data.version;
        said.textContent = "已保存 " + data.saved.slice(11);
      } else {
        said.textContent = data.error;
        if (data.signIn) {
          const link = document.createElement("a");
          link.href = data.signIn;
          link.target = "_blank";
          link.textContent = "在新窗口登录";
          said.append(" ", link);
          dirty = true;
        }
      }
    } catch {
      dirty = true;
      said.textContent = "没有连上，内容还在这一页，连上以后会再保存";
      due = setTimeout(save, 5000);
    }
    sending = false;
    if (dirty && !due) due = setTimeout(() => { due = 0; save(); }, 15000); // or as soon as somebody comes back to the page
  };
  form.addEventListener("input", event => {
    if (event.target.closest("[data-preview]")) return; // it is not stored
    dirty = true;
    clearTimeout(due);
    due = setTimeout(() => { due = 0; save(); }, 1500);
  });
  form.addEventListener("submit", event => { if (!event.submitter?.formTarget) { clearTimeout(due); dirty = false; } });
  addEventListener("online", save);
  addEventListener("focus", save);
  addEventListener("beforeunload", event => { if (dirty) event.preventDefault(); });
}

// The preview follows what is typed, a moment later and one at a time.
for (const part of document.querySelectorAll("[data-preview]")) {
  const form = part.closest("form"), said = part.querySelector(".previewing"), told = part.querySelector(".told"), frame = part.querySelector("iframe");
  let due, busy = false, again = false;
  const show = html => {
    const page = new DOMParser().parseFromString(html, "text/html"), inside = frame.contentDocument;
    frame.hidden = false;
    if (inside.head.querySelector("link")) inside.body.replaceWith(inside.adoptNode(page.body)); // what was scrolled to stays in view
    else inside.replaceChild(inside.adoptNode(page.documentElement), inside.documentElement);
  };
  const look = async () => {
    if (busy) { again = true; return; }
    busy = true;
    said.textContent = "正在预览…";
    try {
      const reply = await fetch(part.dataset.preview, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form)) });
      const data = await reply.json();
      said.textContent = reply.ok ? "" : data.error;
      if (reply.ok) {
        show(data.page);
        told.innerHTML = data.reply || "";
      }
    } catch {
      said.textContent = "没有连上，连上以后会再预览";
    }
    busy = false;
    if (again) { again = false; look(); }
  };
  const soon = () => { clearTimeout(due); due = setTimeout(look, 1000); };
  for (const button of part.querySelectorAll("button")) button.hidden = true;
  form.addEventListener("input", soon);
  part.querySelector("input").addEventListener("keydown", event => { if (event.key === "Enter") { event.preventDefault(); look(); } });
  look();
}

// Links are opened as soon as somebody looks at a draft, without a press.
for (const form of document.querySelectorAll("form[data-links]")) {
  const said = form.parentElement.querySelector("[role=status]"), list = form.parentElement.querySelector(".dead");
  (async () => {
    form.hidden = true;
    said.textContent = "正在查链接能不能打开…";
    try {
      const reply = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form)) });
      const data = await reply.json();
      said.textContent = reply.ok ? data.words : data.error;
      if (reply.ok) list.replaceChildren(...(data.dead || []).map(text => {
        const li = document.createElement("li"), mark = document.createElement("span");
        mark.className = "due";
        mark.textContent = "▲";
        li.append(mark, " " + text);
        return li;
      }));
    } catch {
      said.textContent = "链接没有查成。";
      form.hidden = false;
    }
  })();
}

// Files go one after the other, each with its bar.
for (const form of document.querySelectorAll("form[data-upload]")) {
  const input = form.querySelector("input[type=file]"), drop = form.querySelector(".drop"), list = form.querySelector(".sending");
  const row = file => {
    const li = document.createElement("li"), name = document.createElement("span"), bar = document.createElement("progress");
    name.textContent = file.name;
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    li.append(name, bar);
    list.append(li);
    return { li, bar };
  };
  // One sending: "taken", words of what is wrong with the file, or null where
  // the line or the server is gone.
  const once = (file, bar) => new Promise(done => {
    const request = new XMLHttpRequest(), body = new FormData();
    for (const name of ["kind", "backlog"]) {
      const field = form.elements[name];
      if (field.type !== "checkbox" || field.checked) body.append(name, field.value);
    }
    body.append("file", file, file.name);
    request.upload.onprogress = event => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
    request.onload = () => {
      if (request.status === 200) return done("taken");
      if (request.status >= 502) return done(null); // a proxy, whose server is gone
      let words = "没有收下，请再试一次";
      try { words = JSON.parse(request.responseText).error; } catch { /* a proxy's page */ }
      done(words);
    };
    request.onerror = () => done(null);
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
  });
  // A server that is started again takes what it has not acknowledged: a file
  // that it has already is known by its bytes.
  const send = async (file, { li, bar }) => {
    const said = document.createElement("span");
    said.className = "late";
    for (const wait of [1, 2, 4, 8, 16, 0]) {
      const words = await once(file, bar);
      if (words === "taken") {
        bar.value = 1;
        said.remove();
        return true;
      }
      said.textContent = "✕ " + (words ?? (wait ? "没有连上，正在重试…" : "没有传完，请检查网络再选这个文件"));
      li.append(said);
      if (words !== null || !wait) break;
      bar.value = 0;
      await new Promise(go => setTimeout(go, wait * 1000));
    }
    bar.value = 1;
    return false;
  };
  let busy = false;
  const all = async files => {
    if (busy || !files.length) return;
    busy = true;
    const rows = [...files].map(file => [file, row(file)]);
    let well = true;
    for (const [file, at] of rows) well = await send(file, at) && well;
    busy = false;
    input.value = "";
    if (well) location.reload();
  };
  form.addEventListener("submit", event => {
    if (!input.files.length) return;
    event.preventDefault();
    event.stopPropagation();
    all(input.files);
  }, true);
  for (const type of ["dragenter", "dragover"]) drop.addEventListener(type, event => { event.preventDefault(); drop.classList.add("over"); });
  for (const type of ["dragleave", "drop"]) drop.addEventListener(type, () => drop.classList.remove("over"));
  drop.addEventListener("drop", event => { event.preventDefault(); all(event.dataTransfer.files); });
}

// A list of what is still being read is asked for again.
for (const list of document.querySelectorAll("[data-refresh]")) {
  setTimeout(() => { if (!document.querySelector("form [aria-busy], .sending li, details[open]")) location.reload(); }, Number(list.dataset.refresh) * 1000);
}

// A whole page of a list is ticked with one press.
for (const form of document.querySelectorAll("form[data-many]")) {
  const all = form.querySelector("[data-tick-all]"), boxes = [...form.querySelectorAll("input[name=d]")];
  if (all) {
    const box = all.querySelector("input");
    all.hidden = false;
    box.addEventListener("change", () => { for (const b of boxes) b.checked = box.checked; });
    form.addEventListener("change", event => { if (event.target.name === "d") box.checked = boxes.every(b => b.checked); });
  }
  // What is opened from a batch is marked as seen; the server keeps count itself.
  const count = document.querySelector("[data-opened]");
  form.addEventListener("click", event => {
    const seen = event.target.closest("[data-open]")?.parentElement.querySelector("[data-seen].soft");
    if (!seen) return;
    seen.className = "ok small";
    seen.textContent = "● 看过";
    count.dataset.opened++;
    count.textContent = "现在看过" + count.dataset.opened + "份";
  });
}
