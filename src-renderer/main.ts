// Entry of the window: connects to the phone and mounts the app.
import { mount } from 'svelte';
import App from './App.svelte';
import { connectPhone } from './bridge/phone-client.ts';
import { connectSound } from './bridge/sound-link.ts';
import { WindowSound } from './sound/window-sound.ts';
import { PhoneState } from './state/phone.svelte.ts';
import './theme.css';

const target = document.getElementById('app');
if (!target) throw new Error('the page has no #app');
const phone = new PhoneState(connectPhone());
const sound = new WindowSound(connectSound(), (state) => (phone.sound = state));
phone.soundHelp = { retry: () => sound.retry(), unblock: () => void sound.unblock() };
mount(App, { target, props: { phone } });
