/// `/p/push.js`, the script of `PushPage`. It has no texts: they are in the page, in its language.
package enum PushScript {
    package static let contentType = "text/javascript; charset=utf-8"

    package static let javaScript = #"""
        'use strict';
        const page = document.getElementById('push');
        const { key, token } = page.dataset;

        // Shows the parts of the page that belong to a state.
        function show(state) {
          for (const part of page.querySelectorAll('[data-states]'))
            part.hidden = !part.dataset.states.split(' ').includes(state);
        }

        // An iPad calls itself a Mac, but no Mac has a touch screen.
        const isMobileApple = /iPhone|iPad|iPod/.test(navigator.userAgent)
          || navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1;
        const denied = isMobileApple ? 'denied-apple' : 'denied';

        // The subscription that the server knows. The worker reads it, too: not every browser tells it the old one.
        async function saved() {
          const response = await caches.match('/p/push/subscription').catch(() => undefined);
          return response ? response.json() : undefined;
        }

        async function save(subscription) {
          const cache = await caches.open('push');
          await cache.put('/p/push/subscription', new Response(JSON.stringify({ endpoint: subscription.endpoint, key })));
        }

        async function isOn() {
          if (Notification.permission !== 'granted') return false;
          const registration = await navigator.serviceWorker.getRegistration('/p/');
          const subscription = await registration?.pushManager.getSubscription();
          return Boolean(subscription) && subscription.endpoint === (await saved())?.endpoint;
        }

        async function subscribe(manager) {
          const options = { userVisibleOnly: true, applicationServerKey: key };
          try {
            return await manager.subscribe(options);
          } catch (error) {
            // A subscription with another key is in the way.
            const old = error.name === 'InvalidStateError' && await manager.getSubscription();
            if (!old) throw error;
            await old.unsubscribe();
            return manager.subscribe(options);
          }
        }

        async function signUp() {
          await navigator.serviceWorker.register('/p/worker.js', { scope: '/p/', updateViaCache: 'none' });
          const { pushManager } = await navigator.serviceWorker.ready;
          const subscription = await subscribe(pushManager);
          const response = await fetch('/p/push/' + token, {
            method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(subscription),
          });
          if (!response.ok) throw new Error('status ' + response.status);
          await save(subscription).catch(() => {});
        }

        // Chromium waits without end for a push service that it cannot reach.
        function limit() {
          return new Promise((_, reject) => setTimeout(reject, 30000, new Error('no answer in 30 s')));
        }

        async function turnOn() {
          show('working');
          try {
            // First of all: Safari allows the question only right after the tap.
            const permission = await Notification.requestPermission();
            if (permission !== 'granted') return show(permission === 'denied' ? denied : 'dismissed');
            await Promise.race([signUp(), limit()]);
            show('done');
          } catch (error) {
            console.warn(error);
            show(error.name === 'NotAllowedError' ? denied : 'failed');
          }
        }

        async function start() {
          if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window))
            return show(isMobileApple && !navigator.standalone ? 'home-screen' : 'unsupported');
          if (Notification.permission === 'denied') return show(denied);
          show(await isOn().catch(() => false) ? 'already' : 'ask');
        }

        page.querySelector('button').addEventListener('click', turnOn);
        // The manifest is for iPhones. Other browsers need not offer to install the page.
        addEventListener('beforeinstallprompt', event => event.preventDefault());
        start();

        """#
}
