package io.unicorn.posix;

import java.nio.ByteBuffer;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import org.jspecify.annotations.Nullable;

/**
 * The functions of the C library that we call, for 64-bit Linux: {@code size_t} and
 * pointers are {@code long}. Not an API: it is public only because the class that jnr-ffi
 * generates for it lives in another class loader.
 * <p>
 * {@code fcntl} is variadic in C. The calling conventions of x86-64 and AArch64 Linux
 * pass its third argument like a fixed one.
 */
public interface Libc {

	int getpid();

	int isatty(int fd);

	String strerror(int errno);

	/**
	 * Variadic in C as {@code fcntl} is; without {@code O_CREAT} it has two arguments.
	 */
	int open(Pointer path, int flags);

	int close(int fd);

	int fcntl(int fd, int command, int argument);

	long read(int fd, @Out byte[] buffer, long size);

	long write(int fd, @In byte[] buffer, long size);

	int eventfd(int value, int flags);

	int poll(ByteBuffer pollfds, long count, int timeoutMillis);

	int socket(int domain, int type, int protocol);

	int socketpair(int domain, int type, int protocol, @Out int[] fds);

	int setsockopt(int fd, int level, int option, @In int[] value, int size);

	int setsockopt(int fd, int level, int option, @In Pointer value, int size);

	int getsockopt(int fd, int level, int option, @Out int[] value, @In @Out int[] size);

	int bind(int fd, @In byte[] address, int size);

	int listen(int fd, int backlog);

	int getsockname(int fd, @Out byte[] address, @In @Out int[] size);

	long recv(int fd, ByteBuffer buffer, long size, int flags);

	long send(int fd, @In byte[] buffer, long size, int flags);

	int kill(int pid, int signal);

	int setpriority(int which, int who, int nice);

	int waitid(int idType, int id, @Out byte[] siginfo, int options);

	int waitpid(int pid, @Out int[] status, int options);

	int sigemptyset(Pointer set);

	int sigfillset(Pointer set);

	int sigprocmask(int how, Pointer set, Pointer oldSet);

	Pointer signal(int signal, long handler);

	int sigaction(int signal, @Nullable Pointer action, @Nullable Pointer oldAction);

	int signalfd(int fd, Pointer set, int flags);

	int execve(Pointer path, Pointer argv, Pointer envp);

	int posix_spawn(@Out int[] pid, Pointer path, Pointer actions, Pointer attributes, Pointer argv, Pointer envp);

	int posix_spawn_file_actions_init(Pointer actions);

	int posix_spawn_file_actions_destroy(Pointer actions);

	int posix_spawn_file_actions_addopen(Pointer actions, int fd, Pointer path, int flags, int mode);

	int posix_spawn_file_actions_adddup2(Pointer actions, int fd, int newFd);

	int posix_spawn_file_actions_addclosefrom_np(Pointer actions, int fd);

	int posix_spawnattr_init(Pointer attributes);

	int posix_spawnattr_destroy(Pointer attributes);

	int posix_spawnattr_setflags(Pointer attributes, short flags);

	int posix_spawnattr_setsigmask(Pointer attributes, Pointer set);

	int posix_spawnattr_setsigdefault(Pointer attributes, Pointer set);

}
