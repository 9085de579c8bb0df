/** Jobs as run folders on disk, and what is known of them. */
@org.jspecify.annotations.NullMarked
package dev.dualprocess.studio.jobs;
