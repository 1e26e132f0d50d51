// The door of the greetings: which one a caller hears.
export { chooseGreeting, type GreetingChoice, type GreetingRule, type GreetingSettings } from './choose-greeting.ts';
