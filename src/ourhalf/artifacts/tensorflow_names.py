"""Names of TensorFlow's operators that only calculate, hold variables or call functions of the same graph.

By the registrations in tensorflow/core/ops of TensorFlow 2.20. What reads, writes or calls out is in the second table.
"""

_CALCULATE = """
Abs AccumulateNV2 Acos Acosh Add AddN AddV2 AdjustContrastv2 AdjustHue AdjustSaturation All Angle Any ApproximateEqual
ArgMax ArgMin AsString Asin Asinh Assert Assign AssignAdd AssignAddVariableOp AssignSub AssignSubVariableOp
AssignVariableOp Atan Atan2 Atanh AvgPool AvgPool3D AvgPool3DGrad AvgPoolGrad BatchMatMul BatchMatMulV2 BatchMatMulV3
BatchNormWithGlobalNormalization BatchToSpace BatchToSpaceND BesselI0 BesselI0e BesselI1 BesselI1e Betainc BiasAdd
BiasAddGrad BiasAddV1 Bincount Bitcast BitwiseAnd BitwiseOr BitwiseXor BlockLSTM BlockLSTMV2 BroadcastArgs
BroadcastGradientArgs BroadcastTo Bucketize CTCBeamSearchDecoder CTCGreedyDecoder CTCLoss CTCLossV2 Case Cast Ceil
CheckNumerics CheckNumericsV2 Cholesky ClipByValue Complex ComplexAbs Concat ConcatOffset ConcatV2 Conj
ConjugateTranspose Const ControlTrigger Conv Conv2D Conv2DBackpropFilter Conv2DBackpropInput Conv3D
Conv3DBackpropFilterV2 Conv3DBackpropInput Conv3DBackpropInputV2 Cos Cosh CropAndResize Cross CudnnRNN CudnnRNNV2
CudnnRNNV3 CudnnRNNParamsToCanonical CudnnRNNParamsToCanonicalV2 Cumprod Cumsum CumulativeLogsumexp DataFormatDimMap
DataFormatVecPermute DecodeAndCropJpeg DecodeBase64 DecodeBmp DecodeCSV DecodeGif DecodeImage DecodeJpeg DecodePng
DecodeRaw DecodePaddedRaw DecodeWav DeepCopy DenseBincount DenseCountSparseOutput DepthToSpace
DepthwiseConv2dNative DepthwiseConv2dNativeBackpropFilter DepthwiseConv2dNativeBackpropInput Dequantize
DestroyResourceOp DestroyTemporaryVariable DisableCopyOnRead
Diag DiagPart Digamma Dilation2D Div DivNoNan DynamicPartition
DynamicStitch EditDistance Einsum Elu EluGrad Empty EmptyTensorList EmptyTensorMap EncodeBase64 EncodeJpeg EncodePng
EnsureShape Enter Equal Erf Erfc Erfinv Exit Exp ExpandDims Expm1 ExtractGlimpse ExtractImagePatches
ExtractJpegShape ExtractVolumePatches FFT FFT2D FFT3D FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars
FakeQuantWithMinMaxVarsPerChannel FakeParam Fill Floor FloorDiv FloorMod For FractionalAvgPool FractionalMaxPool
FusedBatchNorm FusedBatchNormGrad FusedBatchNormGradV2 FusedBatchNormGradV3 FusedBatchNormV2 FusedBatchNormV3
FusedPadConv2D FusedResizeAndPadConv2D GRUBlockCell Gather GatherNd GatherV2 Greater GreaterEqual GuaranteeConst
HSVToRGB HashTable HashTableV2 IFFT IFFT2D IFFT3D IRFFT IRFFT2D Identity IdentityN If Igamma Igammac Imag InTopK
InTopKV2 InitializeTable InitializeTableV2 InplaceAdd InplaceUpdate Inv Invert InvertPermutation IsFinite IsInf IsNan
IsVariableInitialized L2Loss LMDBReader LRN LSTMBlockCell LeakyRelu LeakyReluGrad LeftShift Less LessEqual Lgamma
LinSpace Log Log1p LogMatrixDeterminant LogSoftmax LogicalAnd LogicalNot LogicalOr LookupTableExport
LookupTableExportV2 LookupTableFind LookupTableFindV2 LookupTableImport LookupTableImportV2 LookupTableInsert
LookupTableInsertV2 LookupTableRemoveV2 LookupTableSize LookupTableSizeV2 LoopCond Lu MatMul MatrixBandPart
MatrixDeterminant MatrixDiag MatrixDiagPart MatrixDiagPartV2 MatrixDiagPartV3 MatrixDiagV2 MatrixDiagV3
MatrixInverse MatrixLogarithm MatrixSetDiag MatrixSetDiagV2 MatrixSetDiagV3 MatrixSolve MatrixSquareRoot
MatrixTriangularSolve Max MaxPool MaxPool3D MaxPool3DGrad MaxPoolGrad MaxPoolGradV2 MaxPoolV2 MaxPoolWithArgmax
Maximum Mean Merge Mfcc Min Minimum MirrorPad MirrorPadGrad Mod Mul MulNoNan Multinomial MutableDenseHashTable
MutableDenseHashTableV2 MutableHashTable MutableHashTableV2 MutableHashTableOfTensorsV2 Ndtri Neg NextAfter
NextIteration NoOp NonMaxSuppression NonMaxSuppressionV2 NonMaxSuppressionV3 NonMaxSuppressionV4
NonMaxSuppressionV5 CombinedNonMaxSuppression NotEqual OneHot OnesLike Pack Pad PadV2 ParallelConcat
ParallelDynamicStitch ParameterizedTruncatedNormal ParseExample ParseExampleV2 ParseSequenceExample
ParseSequenceExampleV2 ParseSingleExample ParseTensor PartitionedCall Placeholder PlaceholderV2
PlaceholderWithDefault Polygamma PopulationCount Pow PreventGradient Print PrintV2 Prod Qr QuantizeAndDequantize
QuantizeAndDequantizeV2 QuantizeAndDequantizeV3 QuantizeAndDequantizeV4 QuantizeDownAndShrinkRange QuantizeV2
QuantizedAdd QuantizedAvgPool QuantizedBiasAdd QuantizedConcat QuantizedConv2D QuantizedMatMul QuantizedMaxPool
QuantizedMul QuantizedRelu QuantizedRelu6 QuantizedReshape RFFT RFFT2D RGBToHSV RaggedBincount
RaggedCountSparseOutput RaggedGather RaggedRange RaggedTensorFromVariant RaggedTensorToSparse RaggedTensorToTensor
RaggedTensorToVariant RandomGamma RandomPoisson RandomPoissonV2 RandomShuffle RandomStandardNormal RandomUniform
RandomUniformInt Range Rank ReadVariableOp Real RealDiv Reciprocal ReduceJoin RefEnter RefExit RefIdentity RefMerge
RefNextIteration RefSwitch RegexFullMatch RegexReplace Relu Relu6 Relu6Grad ReluGrad RemoteCall Requantize
RequantizationRange Reshape ResizeArea ResizeBicubic ResizeBilinear ResizeBilinearGrad ResizeNearestNeighbor
ResourceApplyAdagrad ResourceApplyAdam ResourceApplyAdamWithAmsgrad ResourceApplyFtrl ResourceApplyGradientDescent
ResourceApplyKerasMomentum ResourceApplyMomentum ResourceApplyRMSProp ResourceGather ResourceGatherNd
ResourceScatterAdd ResourceScatterNdUpdate ResourceScatterUpdate ResourceStridedSliceAssign Reverse
ReverseSequence ReverseV2 RightShift Rint RngReadAndSkip RngSkip Roll Round Rsqrt SampleDistortedBoundingBox
ScalarSummary ScaleAndTranslate ScatterAdd ScatterNd ScatterNdUpdate ScatterUpdate SegmentMax SegmentMean SegmentMin
SegmentProd SegmentSum SegmentSumV2 Select SelectV2 SelfAdjointEig SelfAdjointEigV2 Selu Shape ShapeN Sigmoid
SigmoidGrad Sign Sin Sinh Size Slice Softmax SoftmaxCrossEntropyWithLogits Softplus SoftplusGrad Softsign
SpaceToBatch SpaceToBatchND SpaceToDepth SparseAdd SparseConcat SparseCross SparseDenseCwiseAdd SparseDenseCwiseMul
SparseFillEmptyRows SparseReduceMax SparseReduceSum SparseReorder SparseReshape SparseSegmentMean
SparseSegmentMeanWithNumSegments SparseSegmentSqrtN SparseSegmentSum SparseSegmentSumWithNumSegments SparseSlice
SparseSoftmax SparseSoftmaxCrossEntropyWithLogits SparseTensorDenseMatMul SparseToDense Split SplitV Sqrt SqrtGrad
Square SquaredDifference Squeeze StackPopV2 StackPushV2 StackV2 StatefulPartitionedCall StatefulStandardNormalV2
StatefulTruncatedNormal StatefulUniform StatelessCase StatelessIf StatelessMultinomial StatelessRandomGetAlg
StatelessRandomGetKeyCounter StatelessRandomGetKeyCounterAlg StatelessRandomNormal StatelessRandomNormalV2
StatelessRandomUniform StatelessRandomUniformFullInt StatelessRandomUniformInt StatelessRandomUniformIntV2
StatelessRandomUniformV2 StatelessTruncatedNormal StatelessTruncatedNormalV2 StatelessWhile StaticRegexFullMatch
StaticRegexReplace StopGradient StridedSlice StridedSliceGrad StringFormat StringJoin StringLength StringLower
StringNGrams StringSplit StringSplitV2 StringStrip StringToHashBucket StringToHashBucketFast
StringToHashBucketStrong StringToNumber StringUpper Sub Substr Sum Svd Switch SymbolicGradient Tan Tanh TanhGrad
TemporaryVariable TensorArrayCloseV3 TensorArrayConcatV3 TensorArrayGatherV3 TensorArrayReadV3 TensorArrayScatterV3
TensorArraySizeV3 TensorArraySplitV3 TensorArrayV3 TensorArrayWriteV3 TensorListConcat TensorListConcatV2
TensorListElementShape TensorListFromTensor TensorListGather TensorListGetItem TensorListLength TensorListPopBack
TensorListPushBack TensorListReserve TensorListResize TensorListScatter TensorListScatterV2 TensorListSetItem
TensorListSplit TensorListStack TensorScatterAdd TensorScatterMax TensorScatterMin TensorScatterSub
TensorScatterUpdate TensorStridedSliceUpdate Tile TopK TopKV2 Transpose TridiagonalSolve TruncateDiv TruncateMod
TruncatedNormal Unbatch UnicodeDecode UnicodeDecodeWithOffsets UnicodeEncode UnicodeScript UnicodeTranscode
UniqueV2 Unique UniqueWithCounts UniqueWithCountsV2 Unpack UnravelIndex UnsortedSegmentJoin UnsortedSegmentMax
UnsortedSegmentMin UnsortedSegmentProd UnsortedSegmentSum UpperBound LowerBound VarHandleOp VarIsInitializedOp
Variable VariableShape VariableV2 Where While Xdivy Xlog1py Xlogy ZerosLike Zeta _Arg _Retval _FusedConv2D _FusedMatMul
AnonymousHashTable AnonymousMutableHashTable CollectiveReduce HashTableOfTensors
"""
_NAMES_OF_FILES = "ShardedFilename"
_OUT = {"LMDBReader", "RemoteCall", "CollectiveReduce"}
CALCULATE = frozenset(_CALCULATE.split()) - _OUT | {_NAMES_OF_FILES}

SAVERS = frozenset({
    "SaveV2", "RestoreV2", "MergeV2Checkpoints", "Save", "SaveSlices", "Restore", "RestoreSlice",
})  # fmt: skip
"""Operators that every model has to be saved and restored by; they write and read the file that they are given."""

ACTS = {
    "ReadFile": "reads any file", "WriteFile": "writes any file", "MatchingFiles": "lists files",
    "PyFunc": "calls a function of Python", "PyFuncStateless": "calls a function of Python",
    "EagerPyFunc": "calls a function of Python", "WholeFileReader": "reads any file",
    "WholeFileReaderV2": "reads any file", "TextLineReader": "reads any file", "TextLineReaderV2": "reads any file",
    "FixedLengthRecordReader": "reads any file", "FixedLengthRecordReaderV2": "reads any file",
    "TFRecordReader": "reads any file", "TFRecordReaderV2": "reads any file", "LMDBReader": "reads any file",
    "TextLineDataset": "reads any file", "TFRecordDataset": "reads any file", "TFRecordDatasetV2": "reads any file",
    "FixedLengthRecordDataset": "reads any file", "FixedLengthRecordDatasetV2": "reads any file",
    "SqlDataset": "reads any database", "CSVDataset": "reads any file", "CSVDatasetV2": "reads any file",
    "SaveDataset": "writes files", "SaveDatasetV2": "writes files", "LoadDataset": "reads files",
    "SnapshotDataset": "writes files", "SnapshotDatasetV2": "writes files", "CacheDataset": "writes files",
    "CacheDatasetV2": "writes files", "DebugIdentity": "sends values to an address",
    "DebugIdentityV2": "sends values to an address", "DebugIdentityV3": "sends values to an address",
    "DebugNanCount": "sends values to an address", "DebugNumericSummary": "sends values to an address",
    "CreateSummaryFileWriter": "writes files", "CreateSummaryDbWriter": "writes a database",
    "DataServiceDataset": "opens connections", "DataServiceDatasetV2": "opens connections",
    "RemoteCall": "runs a function on another machine", "RpcCall": "opens connections", "RpcServer": "opens a port",
    "RegisterDataset": "opens connections", "DistributedSave": "writes files", "ImmutableConst": "reads any file",
    "LoadAndRemapMatrix": "reads any file", "GenerateVocabRemapping": "reads any file",
    "InitializeTableFromTextFile": "reads a file", "InitializeTableFromTextFileV2": "reads a file",
    "XlaLaunch": "compiles code", "BigQueryReader": "opens connections", "AudioSummary": "makes a summary",
}  # fmt: skip
"""Operators that do more than calculate, and what."""
FROM_ASSETS = frozenset({"InitializeTableFromTextFile", "InitializeTableFromTextFileV2"})
"""Those of them that models use for files of their own, so that they speak against a file less."""
