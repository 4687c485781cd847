package io.unicorn.master.process;

/**
 * A regular file that a process has open for writing.
 *
 * @param path its present name
 * @param key what identifies the file, whatever its name: device and inode
 * @param appends whether each write goes to its end
 */
record WrittenFile(String path, Object key, boolean appends) {

}
