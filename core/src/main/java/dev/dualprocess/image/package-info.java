/** Images as people see them: files, conversion, resampling, PNG with metadata, grids, charts. */
package dev.dualprocess.image;
