/**
 * The horizon demo: two meters that find a horizon in pixels, and what the demo measures with them.
 */
package dev.dualprocess.examples.horizon;
