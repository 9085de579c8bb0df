/** The library in a few lines of Java. */
package dev.dualprocess.quickstart;
