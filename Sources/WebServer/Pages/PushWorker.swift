/// `/p/worker.js`, the service worker that shows notifications. Its scope is `/p/`.
///
/// The payload is that of declarative web push, which Safari shows even without a worker. Source:
/// https://webkit.org/blog/16535/meet-declarative-web-push/
package enum PushWorker {
    package static let contentType = "text/javascript; charset=utf-8"

    package static let javaScript = #"""
        'use strict';
        const text = value => typeof value === 'string' ? value : '';

        function read(data) {
          try {
            return data.json().notification ?? {};
          } catch {
            return {};
          }
        }

        // A push without a notification costs the permission, so a broken payload shows one, too.
        addEventListener('push', event => {
          const { title, body, navigate, lang, tag, silent } = read(event.data);
          const isEnglish = /^en\b/.test(text(lang) || navigator.language);
          const news = isEnglish ? 'You have a new message.' : 'Quý khách có tin nhắn mới.';
          const shown = text(title) || location.hostname;
          event.waitUntil(registration.showNotification(shown, {
            body: text(body) || (text(title) ? '' : news),
            lang: text(lang), tag: text(tag), silent: silent === true, data: text(navigate),
          }).catch(() => registration.showNotification(shown)));
        });

        function secure(address) {
          try {
            const url = new URL(address);
            return url.protocol === 'https:' ? url.href : undefined;
          } catch {
            return undefined;
          }
        }

        async function open(url) {
          const windows = await clients.matchAll({ type: 'window', includeUncontrolled: true });
          const known = windows.find(window => window.url === url);
          return known ? known.focus() : clients.openWindow(url);
        }

        addEventListener('notificationclick', event => {
          event.notification.close();
          const url = secure(event.notification.data);
          if (url) event.waitUntil(open(url));
        });

        // Before version 137, Firefox does not tell the old subscription: push.js saved it.
        async function renew(event) {
          const response = await caches.match('/p/push/subscription');
          const saved = response ? await response.json() : {};
          const old = event.oldSubscription?.endpoint ?? saved.endpoint;
          const key = event.oldSubscription?.options.applicationServerKey ?? saved.key;
          const subscription = event.newSubscription
            ?? await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
          const answer = await fetch('/p/push/renew', {
            method: 'POST', headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ old, new: subscription }),
          });
          if (!answer.ok) return;
          const cache = await caches.open('push');
          const body = JSON.stringify({ endpoint: subscription.endpoint, key: saved.key });
          await cache.put('/p/push/subscription', new Response(body));
        }

        addEventListener('pushsubscriptionchange', event => event.waitUntil(renew(event)));

        """#
}
