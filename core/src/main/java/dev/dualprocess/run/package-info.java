/** What a run leaves on disk, and what it tells while it goes on. */
package dev.dualprocess.run;
