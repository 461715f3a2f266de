// The document page works without this file; it adds copying, printing and a
// scroll to the cited passage where the browser did not focus it by itself.
(function () {
  "use strict";
  var cited = document.querySelector(".cited");
  var box = cited && cited.getBoundingClientRect();
  if (cited && !location.hash && (box.top < 0 || box.top > innerHeight * 0.6)) {
    cited.scrollIntoView({ block: "start" });
  }

  var said = document.querySelector(".said");
  function say(text) {
    said.textContent = text;
    setTimeout(function () { if (said.textContent === text) said.textContent = ""; }, 4000);
  }

  // Plain http has no navigator.clipboard.
  function copyOld(text) {
    var area = document.createElement("textarea");
    area.value = text;
    area.readOnly = true;
    area.className = "hidden";
    document.body.appendChild(area);
    area.select();
    var ok = false;
    try { ok = document.execCommand("copy"); } catch (e) { ok = false; }
    area.remove();
    return ok;
  }

  function copy(text) {
    if (!navigator.clipboard) return Promise.resolve(copyOld(text));
    return navigator.clipboard.writeText(text).then(
      function () { return true; },
      function () { return copyOld(text); });
  }

  document.querySelectorAll("[data-copy]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      copy(button.dataset.copy).then(function (ok) {
        say(ok ? "已复制" : "没能复制，请长按地址栏复制");
      });
    });
  });
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { print(); });
  });
})();
