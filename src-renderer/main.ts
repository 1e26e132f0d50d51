// Entry of the window: connects to the phone and mounts the app.
import { mount } from 'svelte';
import App from './App.svelte';
import { connectPhone } from './bridge/phone-client.ts';
import { PhoneState } from './state/phone.svelte.ts';
import './theme.css';

const target = document.getElementById('app');
if (!target) throw new Error('the page has no #app');
mount(App, { target, props: { phone: new PhoneState(connectPhone()) } });
