/// `/p/style.css`.
package enum PageStyle {
    package static let contentType = "text/css; charset=utf-8"

    package static let css = """
        :root { color-scheme: light dark; --ink: #16201e; --quiet: #55625f; --paper: #fff; --ground: #f1f4f3;
          --line: #c9d2cf; --accent: #0a6c5d; --on-accent: #fff; --danger: #b3261e; --on-danger: #fff; --notice: #e3f2ee; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e7eeec; --quiet: #a5b3af; --paper: #17201e; --ground: #0d1413; --line: #3c4a47;
            --accent: #5fd0bb; --on-accent: #06231e; --danger: #ff8f86; --on-danger: #370502; --notice: #183a33; }
        }
        *, ::before, ::after { box-sizing: border-box; }
        [hidden] { display: none !important; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body { margin: 0; color: var(--ink); background: var(--ground); overflow-wrap: anywhere;
          font: 17px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
        main { max-width: 34rem; min-height: 100vh; margin: 0 auto; padding: 24px 20px 40px; background: var(--paper); }
        h1 { margin: 0 0 16px; font-size: 1.5rem; line-height: 1.3; }
        p, ol { margin: 0 0 16px; }
        ol { padding-left: 1.5em; }
        li { margin: 0 0 8px; }
        small { display: block; color: var(--quiet); font-size: .9rem; }
        hr { margin: 28px 0 24px; border: 0; border-top: 1px solid var(--line); }
        fieldset { margin: 0 0 20px; padding: 0; border: 0; min-width: 0; }
        legend { padding: 0 0 4px; font-weight: 600; }
        label { display: flex; align-items: center; gap: 14px; min-height: 52px; padding: 6px 0;
          border-top: 1px solid var(--line); cursor: pointer; }
        fieldset > label:last-child { border-bottom: 1px solid var(--line); }
        label span { flex: 1; min-width: 0; }
        input { flex: none; width: 24px; height: 24px; margin: 0 0 0 2px; accent-color: var(--accent); }
        button, .button { display: block; width: 100%; min-height: 48px; padding: 11px 20px; border: 2px solid var(--accent);
          border-radius: 10px; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600;
          line-height: 1.3; text-align: center; text-decoration: none; cursor: pointer; }
        .button, .quiet { background: none; color: var(--accent); }
        .danger { border-color: var(--danger); background: var(--danger); color: var(--on-danger); }
        .quiet { margin: 0 0 24px; }
        .notice { padding: 12px 16px; border-left: 4px solid var(--accent); border-radius: 4px; background: var(--notice); }
        form + p { margin-top: 12px; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
        @media (min-width: 640px) {
          body { padding: 48px 20px; }
          main { min-height: 0; padding: 40px 48px 48px; border-radius: 16px; }
          button, .button { width: auto; min-width: 14rem; }
          .button { display: inline-block; }
        }

        """
}
