package io.unicorn.posix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What comes in at a listening socket before somebody accepts it.
 */
final class AcceptQueue {

	private static final int SOL_SOCKET = 1;

	private static final int SO_ATTACH_FILTER = 26;

	private static final int SO_DETACH_FILTER = 27;

	private static final int IPPROTO_TCP = 6;

	private static final int TCP_INFO = 11;

	/** {@code tcpi_state}, the lowest byte, is {@code TCP_LISTEN}. */
	private static final int TCP_LISTEN = 10;

	/** {@code tcpi_unacked}, of a listening socket the length of its queue, as an int. */
	private static final int TCPI_UNACKED = 6;

	/**
	 * A classic BPF program, one instruction a number: 16 bits of code, 8 bits each of
	 * how far to jump if true and if false, 32 bits of operand. What a TCP socket filters
	 * begins with the TCP header, whatever IP carries it.
	 */
	private static final long[] DROP_SYN = { instruction(0x30, 0, 0, 13), // flags
			instruction(0x54, 0, 0, 0x12), // keep SYN and ACK of them
			instruction(0x15, 0, 1, 0x02), // only SYN?
			instruction(0x06, 0, 0, 0), // drop
			instruction(0x06, 0, 0, -1) }; // pass all of it

	/** {@code struct sock_fprog}: unsigned short, pointer. */
	private static final int SOCK_FPROG_SIZE = 16;

	private static final int SOCK_FPROG_POINTER = 8;

	private static final String SYN_RECEIVED = "03";

	private final Kernel kernel;

	private final Libc libc;

	AcceptQueue(Kernel kernel) {
		this.kernel = kernel;
		this.libc = kernel.libc();
	}

	void refuseNew(int listener) throws PosixException {
		requireListener(listener);
		NativeMemory program = NativeMemory.of(DROP_SYN);
		NativeMemory filter = this.kernel.allocate(SOCK_FPROG_SIZE);
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

	void admitNew(int listener) throws PosixException {
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

	int waiting(int listener) throws PosixException {
		return requireListener(listener)[TCPI_UNACKED];
	}

	int handshakes(int listener) throws PosixException {
		requireListener(listener);
		ByteBuffer name = ByteBuffer.allocate(SocketAddresses.MAX_SIZE).order(ByteOrder.nativeOrder());
		this.kernel.call("address of listener " + listener,
				() -> this.libc.getsockname(listener, name.array(), new int[] { name.capacity() }));
		// All connections of an IPv6 socket stand in the second file, those that come by
		// IPv4 too.
		String table = (name.getShort(0) == SocketAddresses.AF_INET6) ? "tcp6" : "tcp";
		String port = ":%04X".formatted(name.order(ByteOrder.BIG_ENDIAN).getShort(2));
		try (Stream<String> lines = Files.lines(Path.of("/proc/self/net", table), StandardCharsets.ISO_8859_1)) {
			return (int) lines.map((line) -> line.strip().split(" +", 5))
				.filter((fields) -> fields[1].endsWith(port) && fields[3].equals(SYN_RECEIVED))
				.count();
		}
		catch (IOException | UncheckedIOException ex) {
			throw this.kernel.failure("read /proc/self/net/" + table, Errno.ENOENT);
		}
	}

	private int[] requireListener(int fd) throws PosixException {
		int[] info = new int[TCPI_UNACKED + 1];
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
