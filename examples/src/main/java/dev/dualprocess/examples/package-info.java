/** Everything a person runs: the command line, the demo, the bundled tiny models. */
package dev.dualprocess.examples;
