// Asks the browser for a passkey and sends what it answers. Without this script, or in a browser
// without passkeys, the form stays hidden and the other ways in do.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const listed = (known) => (known || []).map((one) => ({ ...one, id: bytes(one.id) }));

function asked() {
  const told = JSON.parse(document.getElementById("passkey-asked").textContent);
  told.challenge = bytes(told.challenge);
  if (told.user) told.user = { ...told.user, id: bytes(told.user.id) };
  told.excludeCredentials = listed(told.excludeCredentials);
  told.allowCredentials = listed(told.allowCredentials);
  return { publicKey: told };
}

function answered(credential) {
  const response = { clientDataJSON: text(credential.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: {},
  });
}

function ready(form) {
  let isAnswered = false;
  form.addEventListener("submit", async (event) => {
    if (isAnswered) return;
    event.preventDefault();
    const failed = form.querySelector(".passkey-failed");
    failed.hidden = true;
    try {
      const credential = await navigator.credentials[form.dataset.passkey](asked());
      form.elements.passkey.value = answered(credential);
    } catch {
      failed.hidden = false;
      return;
    }
    isAnswered = true;
    form.requestSubmit();
  });
  form.hidden = false;
  for (const other of document.querySelectorAll(".without-passkey")) other.hidden = true;
}

if (window.PublicKeyCredential) document.querySelectorAll("form[data-passkey]").forEach(ready);
