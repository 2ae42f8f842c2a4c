"""Names of Keras' own layers, operations and functions that only calculate.

Those of Keras 3.15 and, where they differ, of Keras 2. Left out is what takes code or reads files: `Lambda`,
`TorchModuleWrapper`, `TFSMLayer`, `JaxLayer`, `FlaxLayer`, vocabularies, and operations that are given a function.
"""

_CLASSES = """
AUC AWQDTypePolicy Abs Absolute Accuracy Activation ActivityRegularization Adadelta Adafactor Adagrad Adam AdamW
Adamax AdaptiveAveragePool AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPool
AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add AddLoss AddMetric AdditiveAttention AffineTransform
All AllClose AlphaDropout Amax Amin Angle Any Append Arange Arccos Arccosh Arcsin Arcsinh Arctan Arctan2 Arctanh
Argmax Argmin Argpartition Argsort Array ArraySplit Attention AugMix AutoContrast Average AveragePool AveragePooling1D
AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D BatchNorm BatchNormalization BatchNormalizationV1
BatchNormalizationV2 Bidirectional BinaryAccuracy BinaryCrossentropy BinaryFocalCrossentropy BinaryIoU Bincount
BitwiseAnd BitwiseInvert BitwiseLeftShift BitwiseNot BitwiseOr BitwiseRightShift BitwiseXor BroadcastTo CDist CTC
CTCDecode CTCLoss Cast CategoricalAccuracy CategoricalCrossentropy CategoricalFocalCrossentropy
CategoricalGeneralizedCrossEntropy CategoricalHinge CategoryEncoding Cbrt Ceil Celu CenterCrop Cholesky
CholeskyInverse Circle Clip Concatenate ConcordanceCorrelation Conj Conjugate Constant Constraint
ContrastLimitedAdaptiveHistogramEqualization Conv Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose
ConvLSTM1D ConvLSTM2D ConvLSTM3D ConvTranspose ConvertToTensor Convolution1D Convolution1DTranspose Convolution2D
Convolution2DTranspose Convolution3D Convolution3DTranspose Copy Corrcoef Correlate Cos Cosh CosineDecay
CosineDecayRestarts CosineSimilarity CountNonzero CropImages Cropping1D Cropping2D Cropping3D Cross CuDNNGRU CuDNNLSTM
Cumprod Cumsum CutMix DTypePolicy DTypePolicyMap Deg2rad Dense DenseFeatures DepthToSpace DepthwiseConv
DepthwiseConv1D DepthwiseConv2D Det Diag Diagflat Diagonal Dice Diff Digitize Discretization Divide DivideNoNan Dot
DotProductAttention Dropout Dsplit Dstack ELU Eig Eigh Einsum EinsumDense ElasticTransform Elu Embedding EmptyLike
Equal Equalization Erf Erfc Erfinv Exp Exp2 ExpandDims Expm1 ExponentialDecay ExtractPatches ExtractSequences F1Score
FBetaScore FFT FFT2 Fabs FalseNegatives FalsePositives Flatten Flip Fliplr Flipud FloatDTypePolicy Floor FloorDivide
Fmax Fmin Fmod Fold Ftrl Full FullLike Functional GPTQDTypePolicy GRU GRUCell GRUV2 GaussianBlur GaussianDropout
GaussianNoise Gcd Gelu Geomspace GetItem GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D
GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D GlobalMaxPooling1D
GlobalMaxPooling2D GlobalMaxPooling3D GlorotNormal GlorotUniform Glu Greater GreaterEqual GroupNormalization
GroupQueryAttention HSVToRGB HardShrink HardSigmoid HardSilu HardTanh HashedCrossing Hashing HeNormal HeUniform
Heaviside Hinge Histogram Hsplit Hstack Huber Hypot I0 IFFT2 IRFFT ISTFT Identity IdentityInitializer Imag InTopK
Initializer Inner InputLayer InputSpec Int4DTypePolicy Inv InverseTimeDecay IoU IsIn Isclose Isfinite Isinf Isnan
Isneginf Isposinf Isreal KLDivergence Kron L1 L1L2 L2 LSTM LSTMCell LSTMV2 Lamb Layer LayerNorm LayerNormalization Lcm
Ldexp LeakyReLU LeakyRelu LearningRateSchedule LecunNormal LecunUniform LeftShift Less LessEqual Linspace Lion
LocallyConnected1D LocallyConnected2D Log Log10 Log1p Log2 LogCosh LogCoshError LogSigmoid LogSoftmax Logaddexp
Logaddexp2 Logdet LogicalAnd LogicalNot LogicalOr LogicalXor Logspace Logsumexp Loss LossScaleOptimizer
LossesContainer Lstsq LuFactor MapCoordinates Masking Matmul MatrixRank Max MaxNorm MaxNumBoundingBoxes MaxPool
MaxPool1D MaxPool2D MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D Maximum Mean MeanAbsoluteError
MeanAbsolutePercentageError MeanIoU MeanMetricWrapper MeanSquaredError MeanSquaredLogarithmicError Median
MelSpectrogram Meshgrid Metric MetricsContainer Min MinMaxNorm Minimum MixUp Mod Model Moments Moveaxis
MultiHeadAttention MultiHot MultiOptimizer Multiply Muon Nadam NanToNum Nanargmax Nanargmin Nancumprod Nancumsum
Nanmax Nanmean Nanmedian Nanmin Nanpercentile Nanprod Nanquantile Nanstd Nansum Nanvar Ndim Negative Nextafter NonNeg
Nonzero Norm Normalization Normalize NotEqual OneHot OneHotIoU OneHotMeanIoU Ones OnesLike Optimizer OptimizerMap
Orthogonal OrthogonalInitializer OrthogonalRegularizer Outer PReLU PSNR Pad PadImages PearsonCorrelation Percentile
Permute PerspectiveTransform PiecewiseConstantDecay Pinv Pipeline Poisson Polar Policy PolicyV1 PolynomialDecay Power
Precision PrecisionAtRecall Prod Ptp Qr Quantile QuantizedDTypePolicy QuantizedFloat8DTypePolicy R2Score RFFT
RGBToGrayscale RGBToHSV RMSNorm RMSNormalization RMSprop RNN Rad2deg RandAugment RandomBrightness
RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip
RandomGaussianBlur RandomGrayscale RandomHeight RandomHue RandomInvert RandomNormal RandomPerspective
RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation RandomUniform
RandomWidth RandomZoom Ravel ReLU Real Rearrange Recall RecallAtPrecision Reciprocal Regularizer Relu Relu6 Repeat
RepeatVector Rescaling Reshape Resize Resizing ReversibleEmbedding RightShift Roll RootMeanSquaredError Rot90 Round
Rsqrt SGD SGDW SSIM STFT STFTInitializer STFTSpectrogram SVD SaturateCast ScaleAndTranslate Scatter ScatterUpdate
ScheduleFreeAdamW SearchSorted SegmentMax SegmentMin SegmentProd SegmentReduction SegmentSum Select Selu
SensitivityAtSpecificity SeparableConv SeparableConv1D SeparableConv2D SeparableConvolution1D SeparableConvolution2D
Sequential Sigmoid Sign Signbit Silu SimpleRNN SimpleRNNCell Sin Sinc Sinh Size Slice SliceUpdate Slogdet SobelEdges
SoftShrink Softmax Softplus Softsign Solarization Solve SolveTriangular Sort SpaceToDepth SparseCategoricalAccuracy
SparseCategoricalCrossentropy SparsePlus SparseSigmoid SparseTopKCategoricalAccuracy Sparsemax SpatialDropout1D
SpatialDropout2D SpatialDropout3D SpecificityAtSensitivity SpectralNormalization Split Sqrt Square SquaredHinge
Squareplus Squeeze Stack StackedRNNCells Std StopGradient Subtract Sum Swapaxes SyncBatchNormalization Take
TakeAlongAxis Tan Tanh TanhShrink Tensordot Threshold ThresholdedReLU Tile TimeDistributed TopK
TopKCategoricalAccuracy Trace Transpose Trapezoid Tril Triu TrueDivide TrueNegatives TruePositives Trunc
TruncatedNormal Tversky Unfold Unique UnitNorm UnitNormalization UnravelIndex Unstack UpSampling1D UpSampling2D
UpSampling3D Vander Var VarianceScaling Vdot View ViewAsComplex ViewAsReal Vsplit Vstack Where Wrapper ZeroPadding1D
ZeroPadding2D ZeroPadding3D Zeros ZerosLike constant glorot_normal glorot_uniform he_normal he_uniform identity l1
l1_l2 l2 lecun_normal lecun_uniform max_norm min_max_norm non_neg ones orthogonal orthogonal_regularizer random_normal
random_uniform stft truncated_normal unit_norm variance_scaling zeros
"""
_FUNCTIONS = """
acc accuracy bce binary_accuracy binary_crossentropy binary_focal_crossentropy bincrossentropy categorical_accuracy
categorical_crossentropy categorical_focal_crossentropy categorical_generalized_cross_entropy categorical_hinge celu
circle concordance_correlation constant cosine cosine_similarity crossentropy ctc dice elu exponential gelu
glorot_normal glorot_uniform glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh he_normal he_uniform hinge
huber identity kl_divergence kld kullback_leibler_divergence l1 l1_l2 l2 leaky_relu linear log_cosh log_sigmoid
log_softmax logcosh mae mape mean_absolute_error mean_absolute_percentage_error mean_squared_error
mean_squared_logarithmic_error mish mse msle ones orthogonal pearson_correlation poisson relu relu6 selu sigmoid silu
soft_shrink softmax softplus softsign sparse_categorical_accuracy sparse_categorical_crossentropy sparse_plus
sparse_sigmoid sparse_top_k_categorical_accuracy sparsemax squared_hinge squareplus swish tanh tanh_shrink threshold
top_k_categorical_accuracy tversky zeros
"""
_TENSORFLOW_FUNCTIONS = """
broadcast_to cast clip_by_value compat.v1.cast compat.v1.concat compat.v1.gather compat.v1.pad compat.v1.reduce_mean
compat.v1.shape compat.v1.squeeze compat.v1.transpose concat convert_to_tensor einsum expand_dims fill gather
gather_nd identity one_hot ones ones_like pad range rank repeat reshape reverse roll shape size slice split squeeze
stack stop_gradient strided_slice tensordot tile transpose unstack where zeros zeros_like
"""

CLASSES = frozenset(_CLASSES.split())
FUNCTIONS = frozenset(_FUNCTIONS.split())
TENSORFLOW = ("math.", "nn.", "__operators__.", "linalg.", "image.resize", "compat.v1.nn.", "compat.v1.math.")
"""Parts of TensorFlow whose functions only calculate."""
TENSORFLOW_FUNCTIONS = frozenset(_TENSORFLOW_FUNCTIONS.split())
