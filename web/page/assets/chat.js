// The chat works without this file by sending its forms; with it the replies
// come into the page.
(function () {
  "use strict";
  var turns = document.querySelector(".turns");
  var send = document.getElementById("page-send");
  var field = document.getElementById("page-text");
  var button = send.querySelector("button");
  var busy = false;
  var address = send.getAttribute("action"); // /chat, below the account's root
  if (!window.fetch || !window.URLSearchParams) return;

  function grow() {
    field.style.height = "";
    field.style.height = Math.min(field.scrollHeight, 140) + "px";
  }

  function add(kind, text) {
    var turn = document.createElement("li");
    turn.className = "turn " + kind;
    var bubble = document.createElement("div");
    bubble.className = "bubble";
    var words = document.createElement("p");
    words.textContent = text;
    bubble.appendChild(words);
    turn.appendChild(bubble);
    turns.appendChild(turn);
    show(turn);
    return turn;
  }

  // A long reply is read from its beginning.
  function show(turn) {
    var long = turn.offsetHeight > turns.closest(".scroller").clientHeight;
    turn.scrollIntoView({ block: long ? "start" : "end" });
  }

  // A number answers the last reply only.
  function retire() {
    turns.querySelectorAll(".turn:not(:first-child) .taps button").forEach(function (b) { b.disabled = true; });
  }

  function ask(text) {
    if (busy || !text.trim()) return;
    busy = true;
    button.disabled = true;
    retire();
    add("theirs", text);
    document.querySelector('[action="' + address + '/new"]').hidden = false;
    var pending;
    var timer = setTimeout(function () { pending = add("ours pending", "正在查…"); }, 400);
    fetch(address, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ text: text })
    }).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    }).then(function (answer) {
      settle();
      // Deleted is deleted: what was said before leaves the screen, too.
      while (answer.forgotten && turns.children.length > 2) turns.removeChild(turns.children[1]);
      turns.insertAdjacentHTML("beforeend", answer.html);
      show(turns.lastElementChild);
    }).catch(function () {
      settle();
      add("ours failed", "刚才没发出去，请看看网络，稍后再发一次。");
      if (!field.value) { field.value = text; grow(); }
    });
    function settle() {
      clearTimeout(timer);
      if (pending) pending.remove();
      busy = false;
      button.disabled = false;
    }
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.getAttribute("action") !== address) return;
    event.preventDefault();
    if (form === send) {
      if (busy) return;
      var text = field.value;
      field.value = "";
      grow();
      ask(text);
      return;
    }
    var tapped = event.submitter || document.activeElement;
    if (tapped && tapped.name === "text") ask(tapped.value);
  });

  field.addEventListener("input", grow);
  // Enter sends, but neither with Shift nor where it chooses a word of an
  // input method. Keyboards on a screen may tell of it by beforeinput only.
  var shift = false;
  function enter(event) {
    event.preventDefault();
    if (busy || !field.value.trim()) return;
    if (send.requestSubmit) send.requestSubmit(); else button.click();
  }
  field.addEventListener("keydown", function (event) {
    shift = event.shiftKey;
    if (event.key === "Enter" && !shift && !event.isComposing && event.keyCode !== 229) enter(event);
  });
  field.addEventListener("beforeinput", function (event) {
    if (event.inputType === "insertLineBreak" && !shift && !event.isComposing) enter(event);
  });

  if (turns.children.length > 1) show(turns.lastElementChild);
})();
