enum ChatPageScript {
    static let javaScript = #"""
        'use strict';
        const $ = id => document.getElementById(id);
        const pageName = $('conversation').dataset.page;
        const conversations = new Map();
        let people = [], selected = null, last = 0, lastNote = 0, hasAsked = false, hasChosen = false;

        function element(kind, className, text) {
          const made = document.createElement(kind);
          if (className) made.className = className;
          if (text !== undefined) made.textContent = text;
          return made;
        }

        async function call(path, body) {
          const options = body === undefined ? {} :
            { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
          const response = await fetch('/sandbox/' + path, options);
          const answer = await response.json();
          if (!response.ok) throw new Error(answer.error);
          return answer;
        }

        async function attempt(action) {
          try {
            await action();
            $('problem').hidden = true;
          } catch (error) {
            $('problem').textContent = error.message;
            $('problem').hidden = false;
          }
        }

        const clock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
        const hue = id => [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7) * 137 % 360;

        function link(url, className, text) {
          const made = element('a', className, text);
          made.href = url;
          made.target = '_blank';
          made.rel = 'noopener noreferrer';
          return made;
        }

        function media(attachment) {
          const isHere = /^http:\/\/(127\.0\.0\.1|localhost)[:\/]/.test(attachment.url);
          if (attachment.type === 'image' && isHere) {
            const image = element('img', 'media');
            image.src = attachment.url;
            image.alt = attachment.url;
            image.onerror = () => image.replaceWith(file(attachment));
            return image;
          }
          return file(attachment);
        }

        function file(attachment) {
          const made = link(attachment.url, 'media');
          made.append(element('b', '', attachment.type), attachment.url);
          return made;
        }

        function button(item, person) {
          if (item.type === 'web_url') return link(item.url, 'button', item.title);
          if (item.type === 'phone_number') return link('tel:' + item.payload, 'button', item.title);
          const made = element('button', 'button', item.title);
          made.title = item.type + ': ' + item.payload;
          made.onclick = () => attempt(() => call('tap', { person, title: item.title }));
          return made;
        }

        function card(item, person) {
          const made = element('div', 'template');
          if (item.image_url) made.append(media({ type: 'image', url: item.image_url }));
          const title = item.default_action ? link(item.default_action.url, 'title', item.title)
            : element('div', 'title', item.title);
          made.append(title, element('div', 'subtitle', item.subtitle ?? ''));
          made.append(...(item.buttons ?? []).map(item => button(item, person)));
          return made;
        }

        function tapReply(person, title) {
          const body = { person, title };
          if (title === 'user_phone_number' || title === 'user_email') {
            body.value = prompt(title === 'user_email' ? 'Address' : 'Phone number');
            if (!body.value) return;
          }
          attempt(() => call('tap', body));
        }

        function noted(note) {
          const made = element('div', 'event ' + note.kind);
          made.title = clock.format(note.at);
          const what = { refused: 'refused ', comment: 'commented on a post of the page: ' }[note.kind] ?? '';
          made.append(what + note.text);
          return made;
        }

        function bubble(entry) {
          if (entry.kind) return noted(entry);
          if (entry.direction === 'in' && entry.text === null && entry.ref === null)
            return element('div', 'event', 'a message that was taken back');
          if (entry.direction === 'in' && entry.text === null)
            return element('div', 'event', `opened the m.me link with ref “${entry.ref}”`);
          const made = element('div', 'message ' + entry.direction);
          made.title = clock.format(entry.at) + (entry.ref ? ` · ref ${entry.ref}` : '');
          if (entry.comment_id) made.append(element('div', 'tag', 'private reply to a comment'));
          if (entry.operator) made.append(element('div', 'tag', 'written by an operator'));
          made.append(...entry.attachments.map(media));
          if (entry.buttons.length) {
            const template = element('div', 'template');
            template.append(element('div', 'bubble', entry.text), ...entry.buttons.map(item => button(item, entry.person)));
            made.append(template);
          } else if (entry.text !== null) {
            made.append(element('div', 'bubble', entry.text));
          }
          if (entry.cards.length) {
            const cards = element('div', 'cards');
            cards.append(...entry.cards.map(item => card(item, entry.person)));
            made.append(cards);
          }
          if (entry.quick_replies.length) {
            const replies = element('div', 'replies');
            for (const title of entry.quick_replies) {
              const reply = element('button', '', title);
              reply.onclick = () => tapReply(entry.person, title);
              replies.append(reply);
            }
            made.append(replies);
          }
          return made;
        }

        function showPeople() {
          $('people').replaceChildren(...people.map(person => {
            const row = element('button');
            row.setAttribute('aria-current', person.id === selected);
            const face = element('span', 'face', [...person.name][0].toUpperCase());
            face.style.background = `hsl(${hue(person.id)} 55% 55%)`;
            const who = element('span', 'who');
            const newest = (conversations.get(person.id) ?? []).findLast(entry => !entry.kind);
            who.append(element('div', '', person.name), element('div', 'quiet', preview(newest)));
            row.append(face, who);
            if (person.unread) row.append(element('span', 'count', person.unread));
            row.onclick = () => select(person.id);
            const item = element('li');
            item.append(row);
            return item;
          }));
        }

        function preview(entry) {
          if (!entry) return 'has not written yet';
          const content = entry.text ?? (entry.attachments[0]?.type ?? entry.cards[0]?.title ?? 'm.me link');
          return (entry.direction === 'in' ? '' : pageName + ': ') + content;
        }

        function showTitle() {
          const person = people.find(person => person.id === selected);
          $('title').style.visibility = person ? 'visible' : 'hidden';
          $('compose').hidden = !person;
          if (!person) return;
          $('name').textContent = person.name;
          $('window').textContent = person.blocked ? 'has blocked the page'
            : !person.window_closes_at ? 'has not written yet: the page may not write'
            : person.window_open ? `the page may write for ${duration(person.window_left)}, until `
              + clock.format(person.window_closes_at)
            : '24 hours of silence: the page has not been allowed to write since ' + clock.format(person.window_closes_at);
          $('block').textContent = person.blocked ? 'Unblock' : 'Block';
          $('block').onclick = () => attempt(async () => {
            await call('block', { person: person.id, blocked: !person.blocked });
            await refreshPeople();
          });
        }

        function duration(milliseconds) {
          const minutes = Math.max(1, Math.floor(milliseconds / 60000));
          return (minutes >= 60 ? Math.floor(minutes / 60) + ' h ' : '') + minutes % 60 + ' min';
        }

        const quarterHour = 15 * 60 * 1000;

        function append(entries, before) {
          for (const entry of entries) {
            if (!before || entry.at - before.at > quarterHour)
              $('messages').append(element('div', 'time', clock.format(entry.at)));
            $('messages').append(bubble(entry));
            before = entry;
          }
          $('messages').scrollTop = $('messages').scrollHeight;
        }

        function showConversation() {
          $('messages').replaceChildren();
          const entries = conversations.get(selected) ?? [];
          if (entries.length) append(entries);
          else $('messages').append(element('p', 'empty', selected
            ? `Write something, and ${pageName} may answer.`
            : 'Add a person on the left, and write to the page as that customer.'));
        }

        function select(id) {
          selected = id;
          hasChosen = id !== null;
          document.body.classList.toggle('reading', hasChosen);
          history.replaceState(null, '', hasChosen ? '#' + id : '#');
          showPeople();
          showTitle();
          showConversation();
          if (hasChosen) attempt(markRead);
        }

        async function markRead() {
          if (!people.find(person => person.id === selected)?.unread || document.hidden) return;
          await call('read', { person: selected });
          await refreshPeople();
        }

        async function refreshPeople() {
          people = await call('people');
          showPeople();
          showTitle();
        }

        // Messages and notes come from two requests, so a late entry is sorted into its place.
        function take(entries) {
          for (const entry of entries) {
            if (entry.kind) lastNote = entry.number; else last = entry.number;
            const known = conversations.get(entry.person) ?? [];
            conversations.set(entry.person, known);
            const before = known.at(-1);
            known.push(entry);
            const isLate = before && before.at > entry.at;
            if (isLate) known.sort((a, b) => a.at - b.at);
            if (entry.person !== selected) continue;
            if (isLate || !before) showConversation();
            else append([entry], before);
          }
        }

        async function followNotes() {
          for (let wait = 0;; wait = 25) {
            try {
              const notes = await call(`notes?after=${lastNote}&wait=${wait}`);
              take(notes);
              if (notes.length) await refreshPeople();
            } catch {
              await new Promise(resolve => setTimeout(resolve, 1000));
            }
          }
        }

        // The URL may name a person. Otherwise a wide window shows the first one, without marking messages as read.
        function chooseFirst() {
          if (selected !== null || !people.length) return;
          const named = people.find(person => '#' + person.id === location.hash);
          if (named) return select(named.id);
          if (innerWidth <= 680) return;
          selected = people[0].id;
          showPeople();
          showTitle();
          showConversation();
        }

        async function follow() {
          for (;;) {
            try {
              const entries = await call(`messages?after=${last}&wait=${hasAsked ? 25 : 0}`);
              hasAsked = true;
              take(entries);
              await refreshPeople();
              $('offline').hidden = true;
              chooseFirst();
              if (hasChosen) await markRead();
            } catch {
              $('offline').hidden = false;
              await new Promise(resolve => setTimeout(resolve, 1000));
            }
          }
        }

        $('new').onclick = () => attempt(async () => {
          const name = prompt('Name of the person (optional)');
          if (name === null) return;
          const made = await call('people', { name });
          await refreshPeople();
          select(made.person);
          $('text').focus();
        });
        $('back').onclick = () => select(null);
        $('comment').onclick = () => attempt(async () => {
          const message = $('text').value;
          if (!message) throw new Error('write the comment first');
          await call('comments', { person: selected, message });
          $('text').value = '';
        });
        $('compose').onsubmit = event => {
          event.preventDefault();
          const text = $('text').value, ref = $('ref').value;
          if (!text && !ref) return;
          attempt(async () => {
            await call('write', { person: selected, text, ref });
            $('text').value = '';
            $('ref').value = '';
          });
        };
        document.addEventListener('visibilitychange', () => { if (hasChosen) attempt(markRead); });
        showTitle();
        showConversation();
        follow();
        followNotes();
        """#
}
