/**
 * Files with process ids and ports that Spring Boot's listeners write in a single
 * process.
 */
@NullMarked
package io.unicorn.boot.bootstrap.files;

import org.jspecify.annotations.NullMarked;
