// What this browser keeps by itself (IndexedDB), also while there is no connection and after the page has gone.
(() => {
  "use strict";

  // Counts once, from the opening of the page; less than the server waits for a page's word (_ENTRY_SECONDS).
  const PATIENCE_MS = 8000;

  // Open a store of records, each under its `key`. Where the browser keeps nothing (private windows), nothing is
  // found later, and `put` says so.
  window.hrmsKept = (database, name) => {
    const opened = new Promise((resolve) => {
      setTimeout(() => resolve(null), PATIENCE_MS); // a browser that does not answer keeps nobody waiting
      let request;
      try {
        request = indexedDB.open(database, 1);
      } catch (error) {
        resolve(null);
        return;
      }
      request.onupgradeneeded = () => request.result.createObjectStore(name, { keyPath: "key" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
    });

    async function within(mode, use) {
      const db = await opened;
      if (!db) return undefined;
      return new Promise((resolve) => {
        const transaction = db.transaction(name, mode);
        const request = use(transaction.objectStore(name));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onerror = transaction.onabort = () => resolve(undefined);
        // Left to itself a transaction is committed by the page, after its answer has come back to it: what a page
        // wrote just before it was closed would be rolled back.
        transaction.commit();
      }).catch(() => undefined); // the person has cleared what sites may keep
    }

    // True once the record is kept.
    const put = async (record) => (await within("readwrite", (store) => store.put(record))) !== undefined;
    const get = (key) => within("readonly", (store) => store.get(key));

    // In the order of their keys.
    const all = async () => (await within("readonly", (store) => store.getAll())) || [];

    async function erase(matches = () => true) {
      const keys = (await all()).filter(matches).map((record) => record.key);
      if (keys.length) await within("readwrite", (store) => keys.map((key) => store.delete(key)).pop());
    }

    return { put, get, all, erase };
  };
})();
