enum InboxPageScript {
    /// A list of boxes on the left, and the entries of the selected box.
    static let common = #"""
        'use strict';
        const $ = id => document.getElementById(id);
        const boxes = new Map();
        let selected = null, last = 0;

        function element(kind, className, text) {
          const made = document.createElement(kind);
          if (className) made.className = className;
          if (text !== undefined) made.textContent = text;
          return made;
        }

        async function call(path) {
          const response = await fetch('/sandbox/' + path);
          const answer = await response.json();
          if (!response.ok) throw new Error(answer.error);
          return answer;
        }

        const clock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

        function fold(summary, text) {
          const made = element('details');
          made.append(element('summary', '', summary), element('pre', '', text));
          return made;
        }

        // A box is { name, note, entries }.
        function showBoxes() {
          $('people').replaceChildren(...[...boxes].map(([id, box]) => {
            const row = element('button');
            row.setAttribute('aria-current', id === selected);
            const who = element('span', 'who');
            who.append(element('div', '', box.name), element('div', 'quiet', box.note));
            row.append(who, element('span', 'count', box.entries.length));
            row.onclick = () => { select(id); document.body.classList.add('reading'); };
            const item = element('li');
            item.append(row);
            return item;
          }));
        }

        function select(id) {
          selected = id;
          showBoxes();
          const box = boxes.get(id);
          $('title').style.visibility = box ? 'visible' : 'hidden';
          $('name').textContent = box?.name ?? '';
          $('window').textContent = box?.note ?? '';
          $('messages').replaceChildren(...(box?.entries.map(card) ?? [element('p', 'empty', emptyText)]));
        }

        function show() {
          select(selected ?? (boxes.size ? boxes.keys().next().value : null));
          $('messages').scrollTop = $('messages').scrollHeight;
        }

        async function follow() {
          for (let isFirst = true;; isFirst = false) {
            try {
              if (await refresh(isFirst ? 0 : 20) || isFirst) show();
              $('offline').hidden = true;
            } catch {
              $('offline').hidden = false;
              await new Promise(resolve => setTimeout(resolve, 1000));
            }
          }
        }

        $('back').onclick = () => document.body.classList.remove('reading');
        """#

    static let mail = #"""
        const emptyText = 'Mails to anyone arrive here.';

        function card(mail) {
          const made = element('article', 'card');
          made.append(element('h2', '', mail.subject ?? '(no subject)'));
          made.append(element('div', 'quiet', `${mail.from ?? ''} → ${mail.to ?? ''} · ${clock.format(mail.at)}`));
          made.append(element('div', 'quiet', `bounces go to ${mail.envelope_from || 'no address'}`));
          if (mail.list_unsubscribe) made.append(element('div', 'quiet', `List-Unsubscribe: ${mail.list_unsubscribe}`));
          made.append(element('div', 'body', mail.text ?? '(no text)'));
          if (mail.html !== null) made.append(fold('HTML', mail.html));
          made.append(fold('as sent', mail.raw));
          return made;
        }

        async function refresh(wait) {
          const mails = await call(`mail?after=${last}&wait=${wait}`);
          for (const mail of mails) {
            last = mail.number;
            const box = boxes.get(mail.mailbox) ?? { name: mail.mailbox, entries: [] };
            box.note = mail.subject ?? '';
            box.entries.push(mail);
            boxes.set(mail.mailbox, box);
          }
          return mails.length > 0;
        }

        follow();
        """#

    static let push = #"""
        const emptyText = 'Subscribe a browser with POST /sandbox/push/subscriptions.';
        let shown = '';

        // The notification in the form that service workers get; anything else is shown as it is.
        function content(payload) {
          try {
            const object = JSON.parse(payload);
            return object.notification ?? object;
          } catch {
            return {};
          }
        }

        function card(entry) {
          const made = element('article', 'card');
          const { title, body } = content(entry.payload);
          if (title !== undefined) made.append(element('h2', '', String(title)));
          made.append(element('div', 'quiet', [entry.state, clock.format(entry.at), `TTL ${entry.ttl} s`, entry.urgency,
            entry.topic ? `topic ${entry.topic}` : ''].filter(Boolean).join(' · ')));
          if (body !== undefined) made.append(element('div', 'body', String(body)));
          if (title === undefined && body === undefined && entry.payload !== null)
            made.append(element('div', 'body', entry.payload));
          if (entry.problem) made.append(element('div', 'problem', entry.problem));
          if (entry.payload !== null) made.append(fold('payload', entry.payload));
          return made;
        }

        // States change after a notification arrived, so all are read again.
        async function refresh(wait) {
          if (wait) await call(`push/notifications?after=${last}&wait=${Math.min(wait, 3)}`);
          const [subscriptions, notifications] = [await call('push/subscriptions'), []];
          for (let more = [null]; more.length;) {
            more = await call(`push/notifications?after=${notifications.at(-1)?.number ?? 0}`);
            notifications.push(...more);
          }
          last = notifications.at(-1)?.number ?? 0;
          const news = JSON.stringify([subscriptions, notifications]);
          if (news === shown) return false;
          shown = news;
          boxes.clear();
          subscriptions.forEach((item, index) => {
            const { endpoint } = item.subscription;
            const note = item.gone ? 'subscription is gone' : item.online ? 'online' : 'offline';
            const entries = notifications.filter(entry => entry.endpoint === endpoint);
            boxes.set(endpoint, { name: `Browser ${index + 1}`, note, entries });
          });
          return true;
        }

        follow();
        """#
}
