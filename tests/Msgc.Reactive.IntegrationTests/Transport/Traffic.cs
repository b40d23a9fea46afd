using System.Security.Cryptography;

namespace Msgc.Reactive.IntegrationTests.Transport;

/// <summary>One direction of traffic: batches of random size in random pieces, received into buffers of random size, compared by hash.</summary>
internal sealed class Traffic
{
    private static readonly byte[] Pattern = RandomNumberGenerator.GetBytes(1 << 20);

    private readonly CheckingHandler _from;
    private readonly Random _random;
    private readonly int _maxBatchBytes;
    private readonly IncrementalHash _sent = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _received = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly TaskCompletionSource _allSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _allReceived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _toSend, _toReceive;

    public Traffic(CheckingHandler from, CheckingHandler to, long bytes, int seed, int maxBatchBytes = 200_000, int maxBufferBytes = 100_000)
    {
        _from = from;
        _random = new Random(seed);
        _maxBatchBytes = maxBatchBytes;
        _toSend = _toReceive = bytes;
        from.Sent += SendNext;
        to.Received += Take;
        var sizes = new Random(seed + 1);
        to.BufferBytes = () => sizes.Next(1, maxBufferBytes);
    }

    public async Task RunAsync()
    {
        SendNext();
        await _allReceived.Task.WaitAsync(CheckingHandler.Patience);
        await _allSent.Task.WaitAsync(CheckingHandler.Patience);
        Assert.Equal(_sent.GetHashAndReset(), _received.GetHashAndReset());
    }

    private void SendNext()
    {
        if (_toSend == 0)
        {
            _allSent.TrySetResult();
            return;
        }
        var batch = new List<ArraySegment<byte>>();
        var left = (int)Math.Min(_toSend, _random.Next(1, _maxBatchBytes));
        _toSend -= left;
        for (var pieces = _random.Next(1, 14); left > 0; pieces--)
        {
            var size = pieces <= 1 ? left : _random.Next(0, left + 1);
            var piece = new ArraySegment<byte>(Pattern, _random.Next(0, Pattern.Length - size), size);
            _sent.AppendData(piece);
            batch.Add(piece);
            left -= size;
        }
        _from.Send(batch);
    }

    private void Take(ReadOnlyMemory<byte> bytes)
    {
        _received.AppendData(bytes.Span);
        if ((_toReceive -= bytes.Length) == 0) _allReceived.TrySetResult();
    }
}
