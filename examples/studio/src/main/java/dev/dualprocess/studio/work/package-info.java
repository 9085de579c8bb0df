/** The one thread on which models work, and what it does. */
@org.jspecify.annotations.NullMarked
package dev.dualprocess.studio.work;
