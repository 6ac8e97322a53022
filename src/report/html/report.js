// Filters and sorts the tables of an HTML report. The page is whole without it.
//
// What rows are filtered and sorted by stands in their data attributes, as numbers. Nothing here makes markup of text.

"use strict";

(() => {
    const tables = Array.from(document.querySelectorAll("table.list"), start);

    function start(table) {
        const body = table.tBodies[0];
        const rows = Array.from(body.rows);
        const form = document.querySelector(`form[data-for="${table.id}"]`);
        const count = document.querySelector(`[data-count="${table.id}"]`);
        let texts = null;
        let timer = 0;
        let sorted = "";

        for (const head of table.tHead.querySelectorAll("[data-sort]")) {
            const button = document.createElement("button");
            button.type = "button";
            button.textContent = head.textContent;
            button.addEventListener("click", () => sort(head));
            head.replaceChildren(button);
            head.setAttribute("aria-sort", "none");
        }
        if (form) {
            form.hidden = false;
            form.addEventListener("submit", (event) => event.preventDefault());
            form.addEventListener("input", () => later(120));
            // The controls have their new values only after this event.
            form.addEventListener("reset", () => later(0));
        }
        filter();
        return { rows, reset };

        function later(milliseconds) {
            clearTimeout(timer);
            timer = setTimeout(filter, milliseconds);
        }

        function reset() {
            for (const control of form ? form.elements : []) {
                if (control.type === "checkbox") control.checked = true;
                else if (control.type === "search" || control.localName === "select") control.value = "";
            }
            filter();
        }

        // Conditions of the selects are `field=number` or `field>=number`.
        function conditions() {
            const all = [];
            for (const select of form.querySelectorAll("select")) {
                const parts = /^(\w+)(>?=)(\d+)$/.exec(select.value);
                if (!parts) continue;
                const [, field, relation, text] = parts;
                const value = Number(text);
                all.push(relation === "=" ? (row) => Number(row.dataset[field]) === value
                    : (row) => Number(row.dataset[field]) >= value);
            }
            const boxes = Array.from(form.querySelectorAll("[type=checkbox]"));
            if (boxes.some((box) => !box.checked)) {
                const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
                all.push((row) => wanted.has(row.dataset.severity));
            }
            return all;
        }

        function filter() {
            let shown = rows.length;
            if (form) {
                const all = conditions();
                const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
                if (words.length > 0 && !texts) texts = rows.map((row) => row.textContent.toLowerCase());
                shown = 0;
                rows.forEach((row, index) => {
                    const fits = all.every((holds) => holds(row)) && words.every((word) => texts[index].includes(word));
                    if (row.hidden === fits) row.hidden = !fits;
                    if (fits) shown += 1;
                });
            }
            if (count) {
                const noun = rows.length === 1 ? table.dataset.one : table.dataset.many;
                count.textContent = `${shown} of ${rows.length} ${noun} shown${sorted}`;
            }
        }

        function sort(head) {
            const field = head.dataset.sort;
            const was = head.getAttribute("aria-sort");
            const first = head.dataset.first || "ascending";
            const other = first === "ascending" ? "descending" : "ascending";
            const order = was === first ? other : first;
            const sign = order === "ascending" ? 1 : -1;
            const keys = rows.map((row, index) => ({ row, index, key: Number(row.dataset[field]) }));
            keys.sort((a, b) => sign * (a.key - b.key) || a.index - b.index);
            const fragment = document.createDocumentFragment();
            for (const { row } of keys) fragment.append(row);
            body.append(fragment);
            for (const one of table.tHead.querySelectorAll("[aria-sort]")) one.setAttribute("aria-sort", "none");
            head.setAttribute("aria-sort", order);
            sorted = `, sorted by ${head.textContent.toLowerCase()}, ${order}`;
            filter();
        }
    }

    // A link may lead to a row that a filter hides.
    function reveal() {
        const target = document.getElementById(location.hash.slice(1));
        const table = target && tables.find(({ rows }) => rows.includes(target));
        if (!table) return;
        if (target.hidden) table.reset();
        const details = target.querySelector("details");
        if (details) details.open = true;
        target.scrollIntoView();
    }
    addEventListener("hashchange", reveal);
    reveal();

    // On paper, details cannot be opened.
    let closed = [];
    addEventListener("beforeprint", () => {
        closed = Array.from(document.querySelectorAll("tr:not([hidden]) details:not([open])"));
        for (const details of closed) details.open = true;
    });
    addEventListener("afterprint", () => {
        for (const details of closed) details.open = false;
        closed = [];
    });
})();
