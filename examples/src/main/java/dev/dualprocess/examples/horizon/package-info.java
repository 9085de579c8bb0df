/** The horizon demo and what it measures. */
package dev.dualprocess.examples.horizon;
