/**
 * The demo: controls that the bundled models can be taught in a minute, and how what was learnt is
 * measured in pixels.
 */
package dev.dualprocess.cli.demo;
