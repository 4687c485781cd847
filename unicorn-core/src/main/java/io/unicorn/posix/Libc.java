package io.unicorn.posix;

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
 * The functions of the C library that we call, for 64-bit Linux. By way of jffi, the
 * lower half of jnr-ffi: to bind an interface by reflection takes the upper half longer
 * than all calls of a start together. Thread-safe.
 * <p>
 * Every argument is passed as a {@code long}. The calling conventions of x86-64 and
 * AArch64 Linux leave it to the callee to take the lower half where it expects an
 * {@code int}; a result that is an {@code int} is in the lower half too. {@code fcntl}
 * and {@code open} are variadic in C, which makes no difference there for arguments that
 * are no floating-point numbers.
 */
final class Libc {

	private static final int MOST_ARGUMENTS = 6;

	/** Numbers of system calls differ between the two. */
	private static final boolean AARCH64 = System.getProperty("os.arch").equals("aarch64");

	private final Library library = Library.getDefault();

	private final Invoker invoker = Invoker.getInstance();

	/** By number of arguments. */
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
	 * Return the error number of this thread's last call.
	 */
	int errno() {
		return LastError.getInstance().get();
	}

	int getpid() {
		return (int) call("getpid");
	}

	int isatty(int fd) {
		return (int) call("isatty", fd);
	}

	String strerror(int errno) {
		long text = call("strerror", errno);
		return new String(MemoryIO.getInstance().getZeroTerminatedByteArray(text), Charset.defaultCharset());
	}

	/**
	 * Without {@code O_CREAT}.
	 */
	int open(NativeMemory path, int flags) {
		return (int) call("open", path, flags);
	}

	int close(int fd) {
		return (int) call("close", fd);
	}

	int fcntl(int fd, int command, int argument) {
		return (int) call("fcntl", fd, command, argument);
	}

	long read(int fd, byte[] buffer, long size) {
		NativeMemory memory = new NativeMemory(buffer.length);
		long result = call("read", fd, memory, size);
		memory.copyTo(buffer);
		return result;
	}

	long write(int fd, byte[] buffer, long size) {
		return call("write", fd, NativeMemory.of(buffer), size);
	}

	int eventfd(int value, int flags) {
		return (int) call("eventfd", value, flags);
	}

	int poll(NativeMemory pollfds, long count, int timeoutMillis) {
		return (int) call("poll", pollfds, count, timeoutMillis);
	}

	int socket(int domain, int type, int protocol) {
		return (int) call("socket", domain, type, protocol);
	}

	int socketpair(int domain, int type, int protocol, int[] fds) {
		NativeMemory memory = NativeMemory.of(fds);
		int result = (int) call("socketpair", domain, type, protocol, memory);
		memory.copyTo(fds);
		return result;
	}

	int setsockopt(int fd, int level, int option, int[] value, int size) {
		return setsockopt(fd, level, option, NativeMemory.of(value), size);
	}

	int setsockopt(int fd, int level, int option, NativeMemory value, int size) {
		return (int) call("setsockopt", fd, level, option, value, size);
	}

	int getsockopt(int fd, int level, int option, int[] value, int[] size) {
		NativeMemory memory = NativeMemory.of(value);
		NativeMemory length = NativeMemory.of(size);
		int result = (int) call("getsockopt", fd, level, option, memory, length);
		memory.copyTo(value);
		length.copyTo(size);
		return result;
	}

	int bind(int fd, byte[] address, int size) {
		return (int) call("bind", fd, NativeMemory.of(address), size);
	}

	int listen(int fd, int backlog) {
		return (int) call("listen", fd, backlog);
	}

	int getsockname(int fd, byte[] address, int[] size) {
		NativeMemory memory = NativeMemory.of(address);
		NativeMemory length = NativeMemory.of(size);
		int result = (int) call("getsockname", fd, memory, length);
		memory.copyTo(address);
		length.copyTo(size);
		return result;
	}

	long recv(int fd, NativeMemory buffer, int flags) {
		return call("recv", fd, buffer, buffer.size(), flags);
	}

	long send(int fd, byte[] buffer, long size, int flags) {
		return call("send", fd, NativeMemory.of(buffer), size, flags);
	}

	int kill(int pid, int signal) {
		return (int) call("kill", pid, signal);
	}

	int setpriority(int which, int who, int nice) {
		return (int) call("setpriority", which, who, nice);
	}

	int sched_getaffinity(int thread, int size, NativeMemory set) {
		return (int) call("sched_getaffinity", thread, size, set);
	}

	int sched_setaffinity(int thread, int size, NativeMemory set) {
		return (int) call("sched_setaffinity", thread, size, set);
	}

	/**
	 * A call of the kernel that C libraries have no function for, or have it since
	 * lately.
	 */
	int sched_setattr(int thread, NativeMemory attributes) {
		return (int) call("syscall", AARCH64 ? 274 : 314, thread, attributes, 0);
	}

	/**
	 * As {@link #sched_setattr}.
	 */
	int sched_getattr(int thread, NativeMemory attributes, int size) {
		return (int) call("syscall", AARCH64 ? 275 : 315, thread, attributes, size, 0);
	}

	int waitid(int idType, int id, byte[] siginfo, int options) {
		NativeMemory memory = NativeMemory.of(siginfo);
		int result = (int) call("waitid", idType, id, memory, options);
		memory.copyTo(siginfo);
		return result;
	}

	int waitpid(int pid, int[] status, int options) {
		NativeMemory memory = NativeMemory.of(status);
		int result = (int) call("waitpid", pid, memory, options);
		memory.copyTo(status);
		return result;
	}

	int sigemptyset(NativeMemory set) {
		return (int) call("sigemptyset", set);
	}

	int sigfillset(NativeMemory set) {
		return (int) call("sigfillset", set);
	}

	int sigdelset(NativeMemory set, int signal) {
		return (int) call("sigdelset", set, signal);
	}

	int sigprocmask(int how, NativeMemory set, NativeMemory oldSet) {
		return (int) call("sigprocmask", how, set, oldSet);
	}

	long signal(int signal, long handler) {
		return call("signal", signal, handler);
	}

	int sigaction(int signal, @Nullable NativeMemory action, @Nullable NativeMemory oldAction) {
		return (int) call("sigaction", signal, action, oldAction);
	}

	int signalfd(int fd, NativeMemory set, int flags) {
		return (int) call("signalfd", fd, set, flags);
	}

	int execve(NativeMemory path, NativeMemory argv, NativeMemory envp) {
		return (int) call("execve", path, argv, envp);
	}

	int posix_spawn(int[] pid, NativeMemory path, NativeMemory actions, NativeMemory attributes, NativeMemory argv,
			NativeMemory envp) {
		NativeMemory memory = NativeMemory.of(pid);
		int result = (int) call("posix_spawn", memory, path, actions, attributes, argv, envp);
		memory.copyTo(pid);
		return result;
	}

	int posix_spawn_file_actions_init(NativeMemory actions) {
		return (int) call("posix_spawn_file_actions_init", actions);
	}

	int posix_spawn_file_actions_destroy(NativeMemory actions) {
		return (int) call("posix_spawn_file_actions_destroy", actions);
	}

	int posix_spawn_file_actions_addopen(NativeMemory actions, int fd, NativeMemory path, int flags, int mode) {
		return (int) call("posix_spawn_file_actions_addopen", actions, fd, path, flags, mode);
	}

	int posix_spawn_file_actions_adddup2(NativeMemory actions, int fd, int newFd) {
		return (int) call("posix_spawn_file_actions_adddup2", actions, fd, newFd);
	}

	/**
	 * In glibc since 2.34, not in musl.
	 * @throws UnsatisfiedLinkError where it is missing
	 */
	int posix_spawn_file_actions_addclosefrom_np(NativeMemory actions, int fd) {
		return (int) call("posix_spawn_file_actions_addclosefrom_np", actions, fd);
	}

	int posix_spawnattr_init(NativeMemory attributes) {
		return (int) call("posix_spawnattr_init", attributes);
	}

	int posix_spawnattr_destroy(NativeMemory attributes) {
		return (int) call("posix_spawnattr_destroy", attributes);
	}

	int posix_spawnattr_setflags(NativeMemory attributes, short flags) {
		return (int) call("posix_spawnattr_setflags", attributes, flags);
	}

	int posix_spawnattr_setsigmask(NativeMemory attributes, NativeMemory set) {
		return (int) call("posix_spawnattr_setsigmask", attributes, set);
	}

	int posix_spawnattr_setsigdefault(NativeMemory attributes, NativeMemory set) {
		return (int) call("posix_spawnattr_setsigdefault", attributes, set);
	}

	/**
	 * Call a function.
	 * @param arguments numbers, {@link NativeMemory}, and {@code null} for no memory
	 */
	private long call(String function, @Nullable Object... arguments) {
		try {
			return call(address(function), this.contexts[arguments.length], arguments);
		}
		finally {
			// Native memory is freed with its object, of which the call has the number
			// alone.
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
