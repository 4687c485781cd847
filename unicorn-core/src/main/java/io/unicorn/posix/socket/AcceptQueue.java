package io.unicorn.posix.socket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import io.unicorn.posix.PosixException;
import io.unicorn.posix.libc.Errno;
import io.unicorn.posix.libc.Kernel;
import io.unicorn.posix.libc.Libc;
import io.unicorn.posix.libc.NativeMemory;
import org.jspecify.annotations.Nullable;

/**
 * Filters and counts connections at a listening socket before a process accepts them.
 * Thread-safe. The methods are those of {@link io.unicorn.posix.Posix}.
 */
public final class AcceptQueue {

	private static final int SOL_SOCKET = 1;

	private static final int SO_ACCEPTCONN = 30;

	private static final int SO_ATTACH_FILTER = 26;

	private static final int SO_DETACH_FILTER = 27;

	private static final int IPPROTO_TCP = 6;

	private static final int TCP_INFO = 11;

	/** {@code tcpi_state}, the lowest byte, is {@code TCP_LISTEN}. */
	private static final int TCP_LISTEN = 10;

	/**
	 * Index of {@code tcpi_unacked} in ints: for a listening socket, the length of its
	 * backlog.
	 */
	private static final int TCPI_UNACKED = 6;

	/**
	 * Index of {@code tcpi_sacked} in ints: for a listening socket, how many connections
	 * its backlog may hold.
	 */
	private static final int TCPI_SACKED = 7;

	/**
	 * A classic BPF program that drops SYN segments. Each number is an instruction: 16
	 * bits of code, 8 bits each of how far to jump if true and if false, 32 bits of
	 * operand. The data that a TCP socket filters begins with the TCP header, for IPv4
	 * and IPv6 alike.
	 */
	private static final long[] DROP_SYN = { instruction(0x30, 0, 0, 13), // flags
			instruction(0x54, 0, 0, 0x12), // mask SYN and ACK
			instruction(0x15, 0, 1, 0x02), // only SYN?
			instruction(0x06, 0, 0, 0), // drop
			instruction(0x06, 0, 0, -1) }; // pass all of it

	/** {@code struct sock_fprog}: unsigned short, pointer. */
	private static final int SOCK_FPROG_SIZE = 16;

	private static final int SOCK_FPROG_POINTER = 8;

	private static final String SYN_RECEIVED = "03";

	private final Kernel kernel;

	private final Libc libc;

	/**
	 * Create for the listening sockets of this process.
	 */
	public AcceptQueue(Kernel kernel) {
		this.kernel = kernel;
		this.libc = kernel.libc();
	}

	public void refuseNew(int listener) throws PosixException {
		requireListener(listener);
		NativeMemory program = NativeMemory.of(DROP_SYN);
		NativeMemory filter = new NativeMemory(SOCK_FPROG_SIZE);
		filter.putShort(0, (short) DROP_SYN.length);
		filter.putLong(SOCK_FPROG_POINTER, program.address());
		try {
			this.kernel.call("filter of listener " + listener,
					() -> this.libc.setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, filter, SOCK_FPROG_SIZE));
		}
		finally {
			Reference.reachabilityFence(program);
		}
	}

	public void admitNew(int listener) throws PosixException {
		requireListener(listener);
		try {
			this.kernel.call("filter of listener " + listener,
					() -> this.libc.setsockopt(listener, SOL_SOCKET, SO_DETACH_FILTER, new int[1], Integer.BYTES));
		}
		catch (PosixException ex) {
			if (ex.errno() != Errno.ENOENT) {
				throw ex;
			}
		}
	}

	public int waiting(int listener) throws PosixException {
		if (address(listener) instanceof UnixDomainSocketAddress unix) {
			requireAccepting(listener);
			try {
				return UnixBacklog.count(unix);
			}
			catch (IOException ex) {
				throw this.kernel.failure("read the table of Unix sockets", Errno.ENOENT);
			}
		}
		return requireListener(listener)[TCPI_UNACKED];
	}

	public int backlog(int listener) throws PosixException {
		return requireListener(listener)[TCPI_SACKED];
	}

	public int handshakes(int listener) throws PosixException {
		if (!(address(listener) instanceof InetSocketAddress internet)) {
			requireAccepting(listener);
			return 0;
		}
		requireListener(listener);
		// The second file lists all connections of an IPv6 socket, those by IPv4 too.
		String table = (internet.getAddress() instanceof Inet6Address) ? "tcp6" : "tcp";
		String port = ":%04X".formatted(internet.getPort());
		try (Stream<String> lines = Files.lines(Path.of("/proc/self/net", table), StandardCharsets.ISO_8859_1)) {
			return (int) lines.map((line) -> line.strip().split(" +", 5))
				.filter((fields) -> fields[1].endsWith(port) && fields[3].equals(SYN_RECEIVED))
				.count();
		}
		catch (IOException | UncheckedIOException ex) {
			throw this.kernel.failure("read /proc/self/net/" + table, Errno.ENOENT);
		}
	}

	private @Nullable SocketAddress address(int fd) throws PosixException {
		byte[] struct = new byte[SocketAddresses.MAX_SIZE];
		int[] size = { struct.length };
		this.kernel.call("address of listener " + fd, () -> this.libc.getsockname(fd, struct, size));
		return SocketAddresses.decode(struct, size[0]);
	}

	private void requireAccepting(int fd) throws PosixException {
		int[] accepting = new int[1];
		String what = "look at descriptor " + fd;
		this.kernel.call(what,
				() -> this.libc.getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, accepting, new int[] { Integer.BYTES }));
		if (accepting[0] == 0) {
			throw this.kernel.failure(what + ", which is not a listening socket", Errno.EINVAL);
		}
	}

	private int[] requireListener(int fd) throws PosixException {
		int[] info = new int[TCPI_SACKED + 1];
		this.kernel.call("look at listener " + fd,
				() -> this.libc.getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, new int[] { info.length * Integer.BYTES }));
		if ((info[0] & 0xff) != TCP_LISTEN) {
			throw this.kernel.failure("look at descriptor " + fd + ", which is not a listening socket", Errno.EINVAL);
		}
		return info;
	}

	private static long instruction(int code, int ifTrue, int ifFalse, int operand) {
		return code + ((long) ifTrue << 16) + ((long) ifFalse << 24) + ((long) operand << 32);
	}

}
