enum ChatPageStyle {
    static let css = """
        :root { --blue: #0a7cff; --ink: #14171c; --quiet: #6b7280; --line: #e6e8ec; --pale: #f1f3f6; --wash: #fafbfc; }
        * { box-sizing: border-box; }
        [hidden] { display: none !important; }
        html, body { height: 100%; margin: 0; }
        body { display: flex; flex-direction: column; color: var(--ink); background: #fff;
          font: 15px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
        button, input { font: inherit; color: inherit; }
        button { cursor: pointer; border: 0; background: none; }
        :focus-visible { outline: 2px solid var(--blue); outline-offset: 1px; }
        .quiet { color: var(--quiet); font-size: 13px; }
        header { display: flex; align-items: center; gap: 9px; padding: 11px 18px; border-bottom: 1px solid var(--line); }
        header .mark { width: 22px; height: 22px; border-radius: 50% 50% 50% 5px;
          background: linear-gradient(45deg, #0a7cff, #a24bff 70%, #ff6a5e); }
        nav a { margin-right: 8px; color: var(--blue); font-size: 13px; text-decoration: none; white-space: nowrap; }
        #offline { margin-left: auto; color: #b42318; font-size: 13px; }
        main { flex: 1; display: flex; min-height: 0; }
        aside { width: 288px; flex: none; border-right: 1px solid var(--line); background: var(--wash);
          display: flex; flex-direction: column; padding: 12px 10px; }
        #new { padding: 9px; border-radius: 10px; background: #fff; border: 1px solid var(--line); color: var(--blue);
          font-weight: 600; }
        #people { list-style: none; margin: 10px 0 0; padding: 0; overflow-y: auto; }
        #people button { width: 100%; display: flex; align-items: center; gap: 11px; padding: 9px; border-radius: 12px;
          text-align: left; }
        #people button:hover { background: var(--pale); }
        #people [aria-current=true] { background: #e5f1ff; }
        .face { width: 40px; height: 40px; flex: none; border-radius: 50%; display: grid; place-items: center;
          color: #fff; font-weight: 600; }
        .who { flex: 1; min-width: 0; }
        .who div { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
        .count { min-width: 20px; padding: 0 6px; border-radius: 10px; background: var(--blue); color: #fff;
          font-size: 12px; line-height: 20px; text-align: center; }
        #conversation { flex: 1; min-width: 0; display: flex; flex-direction: column; }
        #title { display: flex; align-items: center; gap: 10px; padding: 10px 18px; border-bottom: 1px solid var(--line);
          min-height: 61px; }
        #title > div { flex: 1; min-width: 0; }
        #name { display: block; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
        #block { padding: 6px 12px; border-radius: 9px; background: var(--pale); font-size: 13px; }
        #back { display: none; font-size: 28px; line-height: 1; padding: 0 8px; color: var(--blue); }
        #messages { flex: 1; overflow-y: auto; padding: 18px; display: flex; flex-direction: column; gap: 3px; }
        .empty { margin: auto; color: var(--quiet); text-align: center; max-width: 320px; }
        .time { align-self: center; margin: 14px 0 6px; color: var(--quiet); font-size: 12px; }
        .event { align-self: center; color: var(--quiet); font-size: 13px; margin: 6px 0; overflow-wrap: anywhere; }
        .message { max-width: min(75%, 520px); display: flex; flex-direction: column; gap: 3px; }
        .in { align-self: flex-end; align-items: flex-end; }
        .out { align-self: flex-start; align-items: flex-start; }
        .bubble { padding: 8px 13px; border-radius: 18px; background: var(--pale); white-space: pre-wrap;
          overflow-wrap: anywhere; }
        .in .bubble { background: var(--blue); color: #fff; }
        .template { border-radius: 18px; background: var(--pale); overflow: hidden; min-width: 220px; }
        .template .bubble { background: none; }
        .template .button { border-top: 1px solid #dde1e7; }
        .cards { display: flex; gap: 8px; max-width: 100%; overflow-x: auto; }
        .cards .template { flex: none; width: 240px; }
        .title { display: block; padding: 9px 13px 0; color: inherit; font-weight: 600; text-decoration: none;
          overflow-wrap: anywhere; }
        .subtitle { padding: 0 13px 9px; color: var(--quiet); font-size: 13px; overflow-wrap: anywhere; }
        .cards img.media { border-radius: 0; }
        .button { display: block; padding: 9px 13px; text-align: center; color: var(--blue); font-weight: 600;
          text-decoration: none; overflow-wrap: anywhere; }
        button.button { width: 100%; border-radius: 0; }
        .event.refused { color: #b42318; background: #fef3f2; padding: 6px 12px; border-radius: 12px; max-width: 80%; }
        .event.comment { color: var(--ink); background: #fff8e6; padding: 6px 12px; border-radius: 12px; max-width: 80%; }
        .tag { color: var(--quiet); font-size: 12px; padding: 0 13px; }
        img.media { display: block; max-width: 100%; max-height: 320px; border-radius: 18px; }
        a.media { display: block; padding: 11px 14px; border: 1px solid var(--line); border-radius: 18px;
          text-decoration: none; color: inherit; overflow-wrap: anywhere; }
        a.media b { display: block; color: var(--blue); text-transform: capitalize; }
        .replies { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 4px; }
        .replies button { padding: 5px 13px; border: 1px solid var(--blue); border-radius: 16px; color: var(--blue); }
        #compose { display: flex; gap: 8px; padding: 12px 18px; border-top: 1px solid var(--line); }
        #compose input { padding: 9px 15px; border: 1px solid transparent; border-radius: 20px; background: var(--pale);
          min-width: 0; }
        #compose input:invalid { border-color: #b42318; }
        #text { flex: 1; }
        #ref { width: 110px; }
        #compose button { width: 40px; height: 40px; flex: none; border-radius: 50%; background: var(--blue);
          color: #fff; }
        #compose #comment { width: auto; padding: 0 13px; border-radius: 20px; background: var(--pale); color: var(--ink);
          font-size: 13px; }
        #problem { margin: 0; padding: 0 18px 12px; color: #b42318; font-size: 13px; }
        @media (max-width: 680px) {
          aside { width: 100%; border-right: 0; }
          body.reading aside { display: none; }
          body:not(.reading) #conversation { display: none; }
          #back { display: block; }
          #title, #compose { padding-left: 12px; padding-right: 12px; }
        }
        """
}
