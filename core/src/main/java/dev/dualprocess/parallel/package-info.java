/** Processes that take the steps of one run together, each on a device of its own. */
package dev.dualprocess.parallel;
