/** How fast a step is on this machine, and what it takes. */
package dev.dualprocess.cli.bench;
