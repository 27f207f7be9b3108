/** A real Firefox for tests, over WebDriver BiDi, with what a closed network and loopback calls need. */
import puppeteer, { type Browser } from 'puppeteer-core';
import { need } from '../../tools/programs.mjs';

const PREFERENCES = {
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  // Nothing may be asked of the network beyond this machine.
  'app.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
  'datareporting.healthreport.uploadEnabled': false,
  'toolkit.telemetry.server': '',
};

/** `profile` is a folder that stays: puppeteer makes and removes one of its own otherwise. */
export function launchFirefox(
  more: Readonly<Record<string, unknown>> = {},
  profile?: string,
): Promise<Browser> {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: need('firefox'),
    headless: true,
    acceptInsecureCerts: true,
    extraPrefsFirefox: { ...PREFERENCES, ...more },
    ...(profile !== undefined && { userDataDir: profile }),
  });
}
