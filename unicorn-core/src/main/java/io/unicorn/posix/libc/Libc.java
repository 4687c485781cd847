package io.unicorn.posix.libc;

import java.lang.ref.Reference;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;
import org.jspecify.annotations.Nullable;

/**
 * Binds the functions of the C library for 64-bit Linux, under their own names and with
 * their own results: -1 or an error number on failure. The calls go through jffi, the
 * lower half of jnr-ffi, because the upper half takes longer to bind an interface by
 * reflection than all calls of a start take together. Thread-safe.
 * <p>
 * Every argument is passed as a {@code long}. By the calling conventions of x86-64 and
 * AArch64 Linux, a function that expects an {@code int} reads the lower half, and an
 * {@code int} result is in the lower half too. {@code fcntl} and {@code open} are
 * variadic in C, which makes no difference there for arguments that are not
 * floating-point numbers.
 */
public final class Libc implements SchedulerCalls {

	private static final int MOST_ARGUMENTS = 6;

	/** The numbers of system calls differ between AArch64 and x86-64. */
	private static final boolean AARCH64 = System.getProperty("os.arch").equals("aarch64");

	private final Library library = Library.getDefault();

	private final Invoker invoker = Invoker.getInstance();

	/** The signatures, by number of arguments. */
	private final CallContext[] contexts = new CallContext[MOST_ARGUMENTS + 1];

	private final Map<String, Long> functions = new ConcurrentHashMap<>();

	Libc() {
		for (int i = 0; i <= MOST_ARGUMENTS; i++) {
			Type[] arguments = new Type[i];
			Arrays.fill(arguments, Type.SINT64);
			this.contexts[i] = CallContext.getCallContext(Type.SINT64, arguments, CallingConvention.DEFAULT, true);
		}
	}

	/**
	 * Return the error number of the last call of this thread.
	 */
	int errno() {
		return LastError.getInstance().get();
	}

	public int getpid() {
		return (int) call("getpid");
	}

	public int isatty(int fd) {
		return (int) call("isatty", fd);
	}

	String strerror(int errno) {
		long text = call("strerror", errno);
		return new String(MemoryIO.getInstance().getZeroTerminatedByteArray(text), Charset.defaultCharset());
	}

	/**
	 * Open a file, without {@code O_CREAT}, which would need a mode.
	 */
	int open(NativeMemory path, int flags) {
		return (int) call("open", path, flags);
	}

	int close(int fd) {
		return (int) call("close", fd);
	}

	public int chdir(NativeMemory path) {
		return (int) call("chdir", path);
	}

	int flock(int fd, int operation) {
		return (int) call("flock", fd, operation);
	}

	public int fcntl(int fd, int command, int argument) {
		return (int) call("fcntl", fd, command, argument);
	}

	public long read(int fd, byte[] buffer, long size) {
		NativeMemory memory = new NativeMemory(buffer.length);
		long result = call("read", fd, memory, size);
		memory.copyTo(buffer);
		return result;
	}

	public long write(int fd, byte[] buffer, long size) {
		return call("write", fd, NativeMemory.of(buffer), size);
	}

	int eventfd(int value, int flags) {
		return (int) call("eventfd", value, flags);
	}

	public int poll(NativeMemory pollfds, long count, int timeoutMillis) {
		return (int) call("poll", pollfds, count, timeoutMillis);
	}

	public int socket(int domain, int type, int protocol) {
		return (int) call("socket", domain, type, protocol);
	}

	public int pipe2(int[] fds, int flags) {
		NativeMemory memory = NativeMemory.of(fds);
		int result = (int) call("pipe2", memory, flags);
		memory.copyTo(fds);
		return result;
	}

	public int socketpair(int domain, int type, int protocol, int[] fds) {
		NativeMemory memory = NativeMemory.of(fds);
		int result = (int) call("socketpair", domain, type, protocol, memory);
		memory.copyTo(fds);
		return result;
	}

	public int setsockopt(int fd, int level, int option, int[] value, int size) {
		return setsockopt(fd, level, option, NativeMemory.of(value), size);
	}

	public int setsockopt(int fd, int level, int option, NativeMemory value, int size) {
		return (int) call("setsockopt", fd, level, option, value, size);
	}

	public int getsockopt(int fd, int level, int option, int[] value, int[] size) {
		NativeMemory memory = NativeMemory.of(value);
		NativeMemory length = NativeMemory.of(size);
		int result = (int) call("getsockopt", fd, level, option, memory, length);
		memory.copyTo(value);
		length.copyTo(size);
		return result;
	}

	public int bind(int fd, byte[] address, int size) {
		return (int) call("bind", fd, NativeMemory.of(address), size);
	}

	public int listen(int fd, int backlog) {
		return (int) call("listen", fd, backlog);
	}

	public int getsockname(int fd, byte[] address, int[] size) {
		NativeMemory memory = NativeMemory.of(address);
		NativeMemory length = NativeMemory.of(size);
		int result = (int) call("getsockname", fd, memory, length);
		memory.copyTo(address);
		length.copyTo(size);
		return result;
	}

	public long recv(int fd, NativeMemory buffer, int flags) {
		return call("recv", fd, buffer, buffer.size(), flags);
	}

	public long send(int fd, byte[] buffer, long size, int flags) {
		return call("send", fd, NativeMemory.of(buffer), size, flags);
	}

	public int kill(int pid, int signal) {
		return (int) call("kill", pid, signal);
	}

	public int setpriority(int which, int id, int nice) {
		return (int) call("setpriority", which, id, nice);
	}

	@Override
	public int sched_getaffinity(int thread, byte[] set) {
		NativeMemory memory = NativeMemory.of(set);
		int result = (int) call("sched_getaffinity", thread, set.length, memory);
		memory.copyTo(set);
		return result;
	}

	@Override
	public int sched_setaffinity(int thread, byte[] set) {
		return (int) call("sched_setaffinity", thread, set.length, NativeMemory.of(set));
	}

	/**
	 * Call the kernel by number, because C libraries before glibc 2.41 have no function
	 * for it.
	 */
	@Override
	public int sched_setattr(int thread, byte[] attributes) {
		return (int) call("syscall", AARCH64 ? 274 : 314, thread, NativeMemory.of(attributes), 0);
	}

	/**
	 * Call the kernel by number, as {@link #sched_setattr} does.
	 */
	@Override
	public int sched_getattr(int thread, byte[] attributes) {
		NativeMemory memory = NativeMemory.of(attributes);
		int result = (int) call("syscall", AARCH64 ? 275 : 315, thread, memory, attributes.length, 0);
		memory.copyTo(attributes);
		return result;
	}

	public int waitid(int idType, int id, byte[] siginfo, int options) {
		NativeMemory memory = NativeMemory.of(siginfo);
		int result = (int) call("waitid", idType, id, memory, options);
		memory.copyTo(siginfo);
		return result;
	}

	public int waitpid(int pid, int[] status, int options) {
		NativeMemory memory = NativeMemory.of(status);
		int result = (int) call("waitpid", pid, memory, options);
		memory.copyTo(status);
		return result;
	}

	public int sigemptyset(NativeMemory set) {
		return (int) call("sigemptyset", set);
	}

	public int sigfillset(NativeMemory set) {
		return (int) call("sigfillset", set);
	}

	public int sigdelset(NativeMemory set, int signal) {
		return (int) call("sigdelset", set, signal);
	}

	public int sigprocmask(int how, NativeMemory set, NativeMemory oldSet) {
		return (int) call("sigprocmask", how, set, oldSet);
	}

	public long signal(int signal, long handler) {
		return call("signal", signal, handler);
	}

	public int sigaction(int signal, @Nullable NativeMemory action, @Nullable NativeMemory oldAction) {
		return (int) call("sigaction", signal, action, oldAction);
	}

	public int signalfd(int fd, NativeMemory set, int flags) {
		return (int) call("signalfd", fd, set, flags);
	}

	public int execve(NativeMemory path, NativeMemory argv, NativeMemory envp) {
		return (int) call("execve", path, argv, envp);
	}

	public int posix_spawn(int[] pid, NativeMemory path, NativeMemory actions, NativeMemory attributes,
			NativeMemory argv, NativeMemory envp) {
		NativeMemory memory = NativeMemory.of(pid);
		int result = (int) call("posix_spawn", memory, path, actions, attributes, argv, envp);
		memory.copyTo(pid);
		return result;
	}

	public int posix_spawn_file_actions_init(NativeMemory actions) {
		return (int) call("posix_spawn_file_actions_init", actions);
	}

	public int posix_spawn_file_actions_destroy(NativeMemory actions) {
		return (int) call("posix_spawn_file_actions_destroy", actions);
	}

	public int posix_spawn_file_actions_addopen(NativeMemory actions, int fd, NativeMemory path, int flags, int mode) {
		return (int) call("posix_spawn_file_actions_addopen", actions, fd, path, flags, mode);
	}

	public int posix_spawn_file_actions_adddup2(NativeMemory actions, int fd, int newFd) {
		return (int) call("posix_spawn_file_actions_adddup2", actions, fd, newFd);
	}

	/**
	 * Add an action that closes all descriptors from a number on. In glibc since 2.34,
	 * not in musl.
	 * @throws UnsatisfiedLinkError if the C library has no such function
	 */
	public int posix_spawn_file_actions_addclosefrom_np(NativeMemory actions, int fd) {
		return (int) call("posix_spawn_file_actions_addclosefrom_np", actions, fd);
	}

	public int posix_spawnattr_init(NativeMemory attributes) {
		return (int) call("posix_spawnattr_init", attributes);
	}

	public int posix_spawnattr_destroy(NativeMemory attributes) {
		return (int) call("posix_spawnattr_destroy", attributes);
	}

	public int posix_spawnattr_setflags(NativeMemory attributes, short flags) {
		return (int) call("posix_spawnattr_setflags", attributes, flags);
	}

	public int posix_spawnattr_setsigmask(NativeMemory attributes, NativeMemory set) {
		return (int) call("posix_spawnattr_setsigmask", attributes, set);
	}

	public int posix_spawnattr_setsigdefault(NativeMemory attributes, NativeMemory set) {
		return (int) call("posix_spawnattr_setsigdefault", attributes, set);
	}

	/**
	 * Call a function.
	 * @param arguments numbers, {@link NativeMemory}, and {@code null} for a null pointer
	 */
	private long call(String function, @Nullable Object... arguments) {
		try {
			return call(address(function), this.contexts[arguments.length], arguments);
		}
		finally {
			// The call has only the address of native memory, which is freed with its
			// object.
			Reference.reachabilityFence(arguments);
		}
	}

	private long call(long function, CallContext context, @Nullable Object... arguments) {
		return switch (arguments.length) {
			case 0 -> this.invoker.invokeL0(context, function);
			case 1 -> this.invoker.invokeL1(context, function, number(arguments[0]));
			case 2 -> this.invoker.invokeL2(context, function, number(arguments[0]), number(arguments[1]));
			case 3 -> this.invoker.invokeL3(context, function, number(arguments[0]), number(arguments[1]),
					number(arguments[2]));
			case 4 -> this.invoker.invokeL4(context, function, number(arguments[0]), number(arguments[1]),
					number(arguments[2]), number(arguments[3]));
			case 5 -> this.invoker.invokeL5(context, function, number(arguments[0]), number(arguments[1]),
					number(arguments[2]), number(arguments[3]), number(arguments[4]));
			default -> this.invoker.invokeL6(context, function, number(arguments[0]), number(arguments[1]),
					number(arguments[2]), number(arguments[3]), number(arguments[4]), number(arguments[5]));
		};
	}

	private static long number(@Nullable Object argument) {
		if (argument instanceof NativeMemory memory) {
			return memory.address();
		}
		return (argument instanceof Number number) ? number.longValue() : 0;
	}

	private long address(String function) {
		Long known = this.functions.get(function);
		if (known != null) {
			return known;
		}
		long address = this.library.getSymbolAddress(function);
		if (address == 0) {
			throw new UnsatisfiedLinkError("The C library has no " + function);
		}
		this.functions.put(function, address);
		return address;
	}

}
